/** Code of more lines is folded: it would push everything else off the screen. */
export const FOLDED = 20;
