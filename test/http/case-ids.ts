/**
 * The black-box cases that the server is measured with, as two lists of research number them: letter and number are those of
 * cases observed on EasyREST 0.18 (A1), letter, hyphen and number those of the neutral cases taken from PostgREST (F-02).
 * Some numbers are missing on purpose.
 */
export const caseIds: readonly string[] = [
  ...group('A', '1 2 4 6 7 8 9 10 11 12 16 17'),
  ...group('B', '1 3 4 5 6 7 9 10 12 13 14 15 17 18'),
  ...group('C', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 17'),
  ...group('D', '2 3 4 5 7 10 11 12 13 14 15 16 21 22 23 24 25 29 30'),
  ...group('E', '6 8 13'),
  ...group('F', '1 3 4 5 7 9 10 14 15 16 17 21'),
  ...group('G', '1 5 6 8 10 11 12 13 14'),
  ...group('H', '1 3 4 5 6 7 8 11 12 14 16 17 19 20 22 23 24 25'),
  ...group('I', '2 3 4 5 6 7 8 9 12 13 15 16 17 19'),
  ...group('J', '4 5 7 8 9 10 11'),
  ...group('K', '3 4 6 7 8 10 11 13 15 17 20 21'),
  ...group('L', '1 3 5 6 7 8 9 11 12 14'),
  ...group('M', '2 3 6 8 9 10 11 12'),
  ...group('N', '4 5 6 8 10 12 13 14 15 17'),
  ...group('O', '1 2 3 5 6 8 9 11 14 15'),
  ...group('P', '1 3 4 5 6 8 9 10'),
  ...group('Q', '1 3 4 5 6'),
  ...group('R', '1 2 4 6 8 11 12'),
  ...group('S', '2 4 5 6 8 9 10 11'),
  ...group('T', '1 3 4 5 8 9 10 11 12 14 16 17 18 19'),
  ...group('U', '1 2 3 7 8 9 10 11 12 13 14 15'),
  ...group('F-', '02 04 07 08 09 10 11 12 14 18 19 21 22 24 25 27 29'),
  ...group('L-', '01 02 04 05 07 08 10 11'),
  ...group('O-', '03 04 05 06'),
  ...group('S-', '01 02 03 04 05'),
  ...group('R-', '01 02 03 04 05 06 11 14 16 19 21 23 25'),
  ...group('I-', '03 04 05 06 07 08 09 10 13 15 16 17 19 20 21 24 25'),
  ...group('U-', '01 02 03 05 09 10 12 13 14'),
  ...group('W-', '02 03 06 07 08 09 10 12 13'),
  ...group('M-', '02 04 05 06 07 08 10 11 14 15 16 17 18'),
  ...group('T-', '02 03 04 05'),
  ...group('X-', '01 02 04 05'),
  ...group('H-', '01 02 05 07 10 12'),
  ...group('E-', '02 03 04 05 06 07 08 09'),
  ...group('G-', '01'),
  ...group('C-', '04'),
  ...group('J-', '04 05'),
]

function group(prefix: string, numbers: string): string[] {
  return numbers.split(' ').map((number) => prefix + number)
}
