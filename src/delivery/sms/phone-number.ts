/** Whether the text is a phone number in E.164 format: +, a country code without leading zero, at most 15 digits. */
export function isPhoneNumber(text: string): boolean {
  return /^\+[1-9][0-9]{1,14}$/.test(text);
}
