"""go-plugin's AutoMTLS: a host that offers its certificate gets TLS, and nobody else gets in."""

import base64
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import grpc

from .start_failure import StartFailure

if TYPE_CHECKING:
    from cryptography import x509


def create_credentials() -> tuple[grpc.ServerCredentials | None, str]:
    """How the plugin listens (None: without TLS), and the certificate that the handshake names.

    Without an offer the private socket is protection enough. Raises StartFailure when the offer is of no use.
    """
    offer = os.environ.get("PLUGIN_CLIENT_CERT", "")
    if not offer:
        return None, ""
    check_offer(offer)
    der, certificate, key = create_certificate()
    credentials = grpc.ssl_server_credentials([(key, certificate)], offer.encode(), require_client_auth=True)
    # Go's decoder refuses padding.
    return credentials, base64.b64encode(der).decode().rstrip("=")


def check_offer(offer: str) -> None:
    from cryptography import x509

    try:
        key = x509.load_pem_x509_certificate(offer.encode()).public_key()
    except ValueError as error:
        raise StartFailure(
            "expected a certificate in PEM form in PLUGIN_CLIENT_CERT, got something else; "
            "a host that wants no TLS leaves it unset"
        ) from error
    # BoringSSL, which is in gRPC's packages for Python, does not ask clients for signatures of that kind.
    if getattr(getattr(key, "curve", None), "name", "") == "secp521r1":
        raise StartFailure(
            "expected a certificate on the curve P-256 or P-384 in PLUGIN_CLIENT_CERT, got one on P-521, as hosts made "
            "with hashicorp/go-plugin offer: gRPC for Python cannot verify it; turn AutoMTLS off in that host"
        )


def create_certificate() -> tuple[bytes, bytes, bytes]:
    """DER, PEM and the PEM of the key of what go-plugin makes: CN=localhost for server and client, for 30 years."""
    # Imported here: most plugins are never offered TLS, and it takes as long to load as all the rest.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(seconds=30))
        .not_valid_after(now + timedelta(hours=262_980))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding
    private = key.private_bytes(encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(encoding.DER), certificate.public_bytes(encoding.PEM), private


def key_usage() -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        key_agreement=True,
        key_cert_sign=True,
        content_commitment=False,
        data_encipherment=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
