/** Which examples of CommonMark 0.31.2 are read otherwise here, and why. docs/text.md tells it to people. */
export const READ_OTHERWISE: readonly { why: string; examples: string }[] = [
  {
    why: "Four blanks are no code: people put them before a line without meaning anything by it, and they stay.",
    examples:
      "1-3, 5-8, 18, 48, 69, 85, 100, 107, 110-112, 114-118, 225, 231, 236, 252-254, 264, 270-274, 286-290, 309, 313",
  },
  {
    why: "A line of `-` or `=` under another is no heading: it is a line across, or text.",
    examples: "59, 80-84, 86, 89-91, 93, 95, 96, 103, 141, 300",
  },
  {
    why: "The `#` at the end of a heading stay, and a heading without words is text.",
    examples: "71-73, 76, 79",
  },
  {
    why: "A backslash stays where it kept nothing from being a mark; at the end of a line it marks nothing.",
    examples: "12, 15, 16, 102, 437, 440, 449, 452, 634, 637, 639",
  },
  {
    why: "An entity is text: who types `&amp;` means it.",
    examples: "25-27, 31-34, 36-41",
  },
  {
    why: "There is no HTML.",
    examples: "21, 148-191, 308, 344, 475-477, 491, 494, 524, 536, 613-617, 623, 625-632, 642, 643",
  },
  {
    why: "No line is a definition that is not shown, so there are no links by reference.",
    examples: "23, 192-196, 198, 200-208, 210, 211, 214-218, 317, 527-535, 537, 539-545, 549, 550, 553-571",
  },
  {
    why: "No picture is fetched from anywhere: the link in its place is shown.",
    examples: "517, 520, 572-589, 591-593",
  },
  {
    why: "Brackets around an address are shown as they were typed.",
    examples: "20, 346, 480, 481, 526, 538, 594, 595, 597, 600, 602, 603",
  },
  {
    why: "A bare address is a link, as on GitHub.",
    examples: "14, 488, 513, 518, 519, 608, 611",
  },
  {
    why: "A link leads to `https:`, `http:` or `mailto:`, has words, and no title or brackets, which would not be seen.",
    examples: "22, 482, 484-487, 489, 492, 493, 495, 496, 498-510, 522, 596, 598, 599, 601, 604-606",
  },
  {
    why: "A quote and an item end with their last sign: a line without it does not belong to them.",
    examples: "232, 233, 237, 238, 247, 250, 251, 292, 293, 312",
  },
  {
    why: "Two blanks further in are enough for a line to belong to an item.",
    examples: "257, 276, 297",
  },
  {
    why: "The words after a fence are its language if they are one word, and the first line of the code otherwise.",
    examples: "24, 143, 144, 146",
  },
  {
    why: "A fence may be as far in as it likes, and one with nothing after it is text.",
    examples: "126, 134, 137",
  },
  {
    why: "A list does not begin with an item that has no words.",
    examples: "278-280, 284",
  },
  {
    why: "`+` begins no list, because it would be shown without it.",
    examples: "301",
  },
  {
    why: "A number with a zero before it, or of more than six digits, is text; any other begins a list, also after a line of text.",
    examples: "265, 268, 304",
  },
];
