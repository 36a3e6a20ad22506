import type { Binding } from '@easyrest/sql'
import mysql from 'mysql2'

// Each value goes to the server with its type. As text an integer would be compared as a double, which has no more than 53
// bits; as the driver's default, a double, a decimal would lose its digits.

/** An integer of 64 bits, with sign or without. */
export const integerBinding = (value: bigint): Binding => ({
  value: value > largestSigned ? mysql.TypedParameter.LONGLONG.unsigned(value) : mysql.TypedParameter.LONGLONG(value),
})

/** A decimal with all its digits. */
export const decimalBinding = (text: string): Binding => ({ value: mysql.TypedParameter.NEWDECIMAL(text) })

export const doubleBinding = (value: number): Binding => ({ value })

export const textBinding = (text: string): Binding => ({ value: text })

export const bytesBinding = (bytes: Buffer): Binding => ({ value: bytes })

export const nullBinding: Binding = { value: null }

const largestSigned = 2n ** 63n - 1n

/** The value in a parameter that carries its type. */
export const typedValue = (parameter: unknown): unknown =>
  typeof parameter === 'object' && parameter !== null && !Buffer.isBuffer(parameter) && 'value' in parameter
    ? parameter.value
    : parameter
