/** What comes from outside the window, and what goes there. */
export const outside = {
  outside: {
    not_copied: "Couldn’t copy. Try again.",
    no_files: "Homing can’t send files yet",
    no_files_hint: "Text and links work.",
  },
};
