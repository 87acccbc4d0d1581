/** With 15 digits or fewer, a number prints as it was written. */
const manyDigits = /\d[\d.]{15}/;

/** Puts numerals that JSON.parse might round into strings, which begin with `mark`. */
export function protectNumerals(json: string, mark = ''): string {
  if (!manyDigits.test(json)) return json;
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (found) =>
    found.startsWith('"') || !manyDigits.test(found) ? found : `"${mark}${found}"`,
  );
}
