package contract

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestGeneratedCodeIsThatOfTheProtoFiles(t *testing.T) {
	folder := t.TempDir()
	generate := exec.Command("go", "run", ".", "-proto", "../../../proto", "-out", folder)
	generate.Dir = "../generate"
	if output, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%s: %s", err, output)
	}
	expected, _ := filepath.Glob(filepath.Join(folder, "*.pb.go"))
	kept, _ := filepath.Glob("*.pb.go")
	if len(expected) == 0 || len(expected) != len(kept) {
		t.Fatalf("expected the files %v, got %v; run go generate ./contract", expected, kept)
	}
	for _, path := range expected {
		fresh, _ := os.ReadFile(path)
		if old, _ := os.ReadFile(filepath.Base(path)); string(old) != string(fresh) {
			t.Errorf("%s is not what the proto files say; run go generate ./contract", filepath.Base(path))
		}
	}
}
