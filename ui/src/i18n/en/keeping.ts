/** Words about where this device’s keys are kept: the keyring, a passphrase, or nowhere. */
export const keeping = {
  keyring: {
    title: "Keyring",
    untried: "The keyring was not asked yet.",
    working: "The keyring works. Your keys are kept there and nowhere else.",
    /** What happened. */
    what: {
      locked: "The keyring is locked.",
      absent: "This computer’s keyring is not running, or there is none.",
      not_set_up: "This computer has no keyring yet.",
      denied: "Access to the keyring was denied.",
      changed: "The keyring no longer has your key.",
      missing: "This device has lost its key.",
      timed_out: "The keyring does not answer.",
      failed: "The keyring failed: {text}",
    },
    /** What it means for a space that can’t connect. */
    means:
      "{space} can’t get your key from it and is offline for now. Nothing is deleted; what you write is kept here and goes out afterwards.",
    means_changed:
      "Another keyring is in its place, or the old one is hidden by a lock. {space} is offline for now. Nothing is deleted; what you write is kept here and goes out afterwards.",
    means_missing:
      "It was for one session, or where it was kept is gone. {space} is offline for now. Nothing is deleted; what you write is kept here and goes out afterwards.",
    /** What to do. */
    todo: {
      locked: "Unlock it, then retry.",
      absent:
        "Start it, or sign out of this computer and in again: Homing keeps looking for it. A key for one session only is gone; then sign in to the space again.",
      not_set_up:
        "If your key is in a KeePassXC database, open it and expose a group: Database Settings, Secret Service Integration. Otherwise create a keyring, then sign in to the space again.",
      denied: "Allow Homing to use it, then retry.",
      changed: "Open the old keyring again, then retry. If it is gone for good, sign in to the space again.",
      missing: "Sign in to the space again with your name and password.",
      timed_out:
        "It may be asking for your password in another window: look there. Homing connects as soon as it answers.",
      failed: "Retry. If it keeps failing, restart this computer.",
    },
    /** What to do when there is a new key to put in. */
    entry: {
      locked: "Unlock it, then retry.",
      absent:
        "Install one (such as GNOME Keyring or KWallet) and retry, or protect your keys with a passphrase.",
      not_set_up:
        "Create one and choose a password for it. With KeePassXC, expose a group instead: Database Settings, Secret Service Integration. Or protect your keys with a passphrase.",
      denied: "Allow Homing to use it, then retry, or protect your keys with a passphrase.",
      changed: "Open the old keyring again, then retry, or protect your keys with a passphrase.",
      timed_out:
        "It may be asking for your password in another window: look there, then retry. Or protect your keys with a passphrase.",
      failed: "Retry, or protect your keys with a passphrase.",
    },
    create: "Create a keyring",
    still: "Asked again just now. Nothing has changed.",
    sign_in: "Sign in again",
    use: "Use the keyring again",
    use_hint: "Your keys move back into the keyring, and the file goes.",
    not_moved: "The keyring did not take your keys, so they stay behind the passphrase.",
  },
  passphrase: {
    title: "Passphrase",
    use: "Use a passphrase",
    use_title: "Protect your keys with a passphrase",
    use_lead:
      "Your keys are then kept in an encrypted file on this computer. Homing asks for the passphrase each time it starts. Nobody can recover it.",
    instead: "Rather not use the keyring? A passphrase can protect your keys instead.",
    open: "Your keys are in an encrypted file behind your passphrase. Homing asks for it each time it starts.",
    closed: "Enter your passphrase",
    closed_lead:
      "It opens your keys. Until then, the spaces whose keys it protects are offline; what you write is kept here and goes out afterwards.",
    damaged: "The file with your keys is damaged.",
    damaged_lead:
      "No passphrase opens it any more. It was left as it is. Put it back from a backup and restart Homing, or choose a new passphrase and sign in to each space again; your messages stay.",
    newer: "A newer Homing wrote the file with your keys.",
    newer_lead: "This one can’t read it and leaves it as it is. Update Homing, then start it again.",
    field: "Passphrase",
    old: "Passphrase so far",
    new: "New passphrase",
    hint: "At least 8 characters. Several words are better than one with signs in it.",
    repeat: "The same again",
    differs: "The two are not the same. Type them again.",
    enter: "Open",
    entering: "Opening…",
    begin: "Use this passphrase",
    beginning: "Encrypting…",
    change: "Change passphrase",
    changing: "Encrypting…",
    changed: "From now on, the new passphrase counts.",
    forgotten: "Forgotten?",
    new_title: "Choose a new passphrase",
    new_lead:
      "What is behind the old passphrase can’t be opened without it. The old file is put aside, not deleted. With a new passphrase you sign in to each space again; your messages stay.",
  },
};
