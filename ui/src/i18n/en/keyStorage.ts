/** Words about where this device’s keys are kept: the keyring, a passphrase, or nowhere. */
export const keeping = {
  keyring: {
    title: "Keyring",
    untried: "Not used yet.",
    working: "Working. Your keys are stored here and nowhere else.",
    /** What happened. */
    what: {
      locked: "Your keyring is locked.",
      absent: "No keyring is running on this computer.",
      denied: "Homing was denied access to the keyring.",
      changed: "Your key is no longer in the keyring.",
      not_set_up: "This computer has no keyring yet.",
      missing: "This device has lost its key.",
      timed_out: "The keyring isn’t responding.",
      failed: "The keyring failed: {text}",
    },
    /** What it means for a space that can’t connect. */
    means:
      "{space} is offline because Homing can’t get your key. Nothing was deleted. New messages are saved here and sent later.",
    means_changed:
      "The keyring was replaced, or a lock hides the old one. {space} is offline. Nothing was deleted. New messages are saved here and sent later.",
    means_missing:
      "The key was for one session only, or its storage is gone. {space} is offline. Nothing was deleted. New messages are saved here and sent later.",
    /** What to do. */
    todo: {
      locked: "Unlock it, then retry.",
      absent:
        "Start it, or log out of this computer and back in. Homing keeps checking. If the key was for one session only, sign in to the space again.",
      denied: "Allow access, then retry.",
      changed: "Open the old keyring, then retry. If it’s gone for good, sign in to the space again.",
      not_set_up:
        "If your key is in a KeePassXC database, open it and expose a group: Database Settings, Secret Service Integration. Otherwise create a keyring, then sign in to the space again.",
      missing: "Sign in to the space again with your name and password.",
      timed_out:
        "It may be waiting for your password in another window. Homing connects as soon as it’s unlocked.",
      failed: "Retry. If it keeps failing, restart this computer.",
    },
    /** What to do when there is a new key to put in. */
    entry: {
      locked: "Unlock it, then retry.",
      absent:
        "Install one, such as GNOME Keyring or KWallet, and retry. Or protect your keys with a passphrase.",
      denied: "Allow access and retry. Or protect your keys with a passphrase.",
      changed: "Open the old keyring and retry. Or protect your keys with a passphrase.",
      not_set_up:
        "Create one and choose a password for it. With KeePassXC, expose a group instead: Database Settings, Secret Service Integration. Or protect your keys with a passphrase.",
      timed_out:
        "It may be waiting for your password in another window. Check there, then retry. Or protect your keys with a passphrase.",
      failed: "Retry. Or protect your keys with a passphrase.",
    },
    still: "Still no change.",
    create: "Create a keyring",
    sign_in: "Sign in again",
    use: "Use keyring again",
    use_hint: "Moves your keys back to the keyring and deletes the file.",
    not_moved: "The keyring didn’t accept your keys. They’re still protected by your passphrase.",
  },
  passphrase: {
    title: "Passphrase",
    use: "Use a passphrase",
    use_title: "Protect your keys with a passphrase",
    use_lead:
      "Stores your keys in an encrypted file on this computer. You enter the passphrase each time you start Homing. It can’t be recovered.",
    instead: "Don’t want to use the keyring? Protect your keys with a passphrase instead.",
    open: "Your keys are in an encrypted file. You enter your passphrase each time you start Homing.",
    closed: "Enter your passphrase",
    closed_lead:
      "It unlocks your keys. Until then, the spaces that need them are offline. New messages are saved here and sent later.",
    damaged: "The file with your keys is damaged.",
    damaged_lead:
      "It can’t be opened with any passphrase, and was left untouched. Restore it from a backup and restart Homing, or choose a new passphrase and sign in to each space again. You keep your messages.",
    newer: "The file with your keys is from a newer version of Homing.",
    newer_lead: "This version can’t read it and left it untouched. Update Homing, then start it again.",
    field: "Passphrase",
    old: "Current passphrase",
    new: "New passphrase",
    hint: "At least 8 characters. Several words are stronger than one with symbols.",
    repeat: "Repeat",
    differs: "The passphrases don’t match.",
    enter: "Unlock",
    entering: "Unlocking…",
    begin: "Use passphrase",
    beginning: "Encrypting…",
    change: "Change passphrase",
    changing: "Encrypting…",
    changed: "Passphrase changed",
    forgotten: "Forgot it?",
    new_title: "Choose a new passphrase",
    new_lead:
      "Keys protected by the old passphrase can’t be opened without it. The old file is set aside, not deleted. With a new passphrase, you sign in to each space again. You keep your messages.",
  },
};
