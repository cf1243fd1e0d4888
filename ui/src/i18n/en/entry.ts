/** Words of coming in, of failing, and those used everywhere. */
export const entry = {
  common: {
    undo: "Undo",
    cancel: "Cancel",
    close: "Close",
    back: "Back",
    save: "Save",
    saved: "Saved",
    copy: "Copy",
    copied: "Copied",
    more: "More",
    less: "Less",
    retry: "Retry",
    details: "Details",
    loading: "Loading",
    optional: "optional",
    or: "or",
    you: "you",
    dismiss: "Dismiss",
    show_password: "Show password",
    hide_password: "Hide password",
    and_more: "{names} and {n} more",
    list_two: "{a} and {b}",
  },
  role: { guest: "Guest", member: "Member", admin: "Admin", owner: "Owner" },
  presence: { online: "online", away: "away", offline: "offline" },
  welcome: {
    title: "Welcome to Homing",
    lead: "Team chat on your own server. Every message arrives.",
    add_lead: "Join another team with a link, or start a space of your own.",
    as_owner: "You’ll be the owner.",
    as_admin: "You’ll be an admin.",
    start_short: "Start a space",
    start_hint: "On this computer",
    sign_in_short: "Sign in",
    sign_in_hint: "With a password or code",
    link: "Join link",
    link_hint: "Paste the link a colleague sent you, or the one shown on your other device.",
    copied: "Use the join link you copied ({server})",
    copied_oneself: "Use the device link you copied ({server})",
    link_first: "Paste a join link first.",
    name_first: "Enter your name first.",
    looking: "Checking the link…",
    matches: "{who} invited you to {space}. The server’s certificate matches the link.",
    matches_nobody: "You’re joining {space}. The server’s certificate matches the link.",
    trusted: "{who} invited you to {space}.",
    trusted_nobody: "You’re joining {space} on {address}.",
    oneself: "Signing in to {space} as {name}. Linked from {device}, no password needed.",
    come_in_as: "Sign in to {space} as {name}",
    name: "Your name",
    name_hint: "This is how others see you. You can change it later.",
    set_password: "Set a password",
    password: "Password",
    password_hint: "Use it to sign in on other devices. At least 8 characters.",
    join: "Join",
    join_space: "Join {space}",
    joining: "Joining…",
    sign_in: "Sign in",
    keyring_note: "Your key to the space is stored in this computer’s keyring.",
    passphrase_note: "Your key to the space is stored in a file protected by your passphrase.",
    start_title: "Start a space on this computer",
    start_lead:
      "Homing runs the server for as long as the app is open. Share a link so people on your network can join.",
    space_name: "Space name",
    space_placeholder: "Northlight",
    your_name: "Your name",
    start_submit: "Start space",
    starting: "Starting…",
    sign_in_title: "Sign in",
    sign_in_lead:
      "Already a member? Sign in with your name and password, or with a code from your other device.",
    by_code: "Use a code instead",
    by_password: "Use name and password instead",
    code: "Code",
    code_hint: "On your other device: Settings → Devices → Link a device.",
    address: "Server or link",
    address_hint: "Or paste the sign-in address from a device that’s signed in: Settings → Devices.",
    address_placeholder: "chat.example.org",
    signing_in: "Signing in…",
    session_only: "Just for this session",
    session_only_hint: "Keeps the key in memory only. You’ll be signed out when you quit Homing.",
    add_title: "Add a space",
  },
  trust: {
    title: "Is this your server?",
    lead: "{server} uses a self-signed certificate, so Homing can’t check who runs it. Nothing you typed has been sent.",
    compare:
      "Compare this fingerprint with the one on a device that’s signed in (Settings → Devices), or ask the server admin to read it to you.",
    fingerprint: "Certificate fingerprint",
    match:
      "If they match, it’s your server, and Homing will only ever accept this certificate from it. If they don’t, cancel: someone may be intercepting your connection.",
    sure: "Trust and sign in",
  },
  fail: {
    bad_command:
      "Something went wrong inside Homing. Restart it. If it happens again, report the details below.",
    not_a_link:
      "That isn’t a Homing link. Links look like homing://join/…, homing://link/… or https://…/join#…. Ask for it again, or copy it again on your other device.",
    damaged_link: "Part of the link is missing. Copy the whole link and paste it again.",
    plain_link:
      "This link turns encryption off, so others could read your messages on the way. Homing only connects like that to this computer. Ask the server admin to turn encryption on and send a new link.",
    sign_in_link: "This link only says where to sign in. To join, ask for a join link.",
    invite_invalid: "This invitation has expired or was already used. Ask for a new link.",
    link_invalid:
      "This device link has expired or was already used. Create a new one on your other device: Settings → Devices → Link a device.",
    code_invalid:
      "This code is wrong, has expired, or was already used. Check it, or create a new one on your other device: Settings → Devices → Link a device.",
    name_taken: "This name is taken. Choose another one. If it’s you, sign in instead.",
    name_invalid: "You can’t use this name. Enter 1 to 64 characters, not just spaces.",
    bad_login: "Name or password is wrong. Use the name you have in this space.",
    password_too_short: "This password is too short. Use at least 8 characters.",
    already_joined: "You’re already in this space on this device. Open it from the list of spaces.",
    another_member:
      "Someone else is signed in to this space on this device and has unsent messages here. Leave the space on this device first (Settings → Space), or use another profile.",
    too_many_devices:
      "You’ve reached this server’s device limit. Sign out of one in Settings → Devices, then try again.",
    offline:
      "Can’t reach the server. Check your network and whether the server is running, then try again. Nothing was lost.",
    certificate_changed:
      "The server’s certificate doesn’t match the link. Someone may be intercepting the connection, or the server was set up again. Don’t continue until the server admin has sent you a new link.",
    certificate_untrusted:
      "This computer doesn’t trust the server’s certificate. Ask the server admin for a join link with the fingerprint, or add your company’s certificate authority in Network settings.",
    not_homing: "There’s no Homing server at this address. Check the address, and any proxy in between.",
    other_space: "This link is for another space. Ask for a new link to this one.",
    token_missing:
      "A proxy in front of the server removes the sign-in (the Authorization header), so no device could connect. Nothing was used up. Ask the server admin to fix it.",
    blocked:
      "Something in front of the server refuses the connection. Nothing was used up. Ask the server admin to let Homing through.",
    server_away:
      "A proxy answers, but the server behind it is away. It may be restarting: try again in a minute.",
    busy: "The server is busy. Try again in a minute.",
    redirected: "The address leads elsewhere. Ask for a link with the new address.",
    hung_up: "The server hung up before it answered. It may be starting or full: try again in a minute.",
    upgrade_spoilt:
      "A proxy in front of the server breaks the connection, so no device could connect. Nothing was used up. Ask the server admin to run “homing-server doctor”.",
    subprotocol_hidden:
      "A proxy in front of the server hides a part of its answers, so no device could connect. Nothing was used up. Ask the server admin to run “homing-server doctor”.",
    server_failed: "Something went wrong on the server. Try again in a minute.",
    not_http: "Something answers there, but it isn’t a Homing server. Check the address and the port.",
    proxy_not_found:
      "Can’t find the proxy. Check its name in Network settings. Company proxies only work on the company network.",
    proxy_unreachable:
      "The proxy isn’t responding. Check its address and port in Network settings, and that you’re on its network.",
    proxy_needs_password: "The proxy requires a user name and password. Enter them in Network settings.",
    proxy_wrong_password:
      "The proxy rejected the user name or password. Enter them again in Network settings.",
    proxy_no_password:
      "Can’t get the proxy password from the keyring. Unlock the keyring, or enter the password again in Network settings.",
    proxy_refuses: "The proxy blocks this server. Ask the proxy’s admin to allow the server’s name and port.",
    proxy_no_way:
      "The proxy can’t reach the server. Check the server’s address, whether the server is running, and whether the proxy may connect to it.",
    proxy_hung_up:
      "The proxy closed the connection. Check its port and type in Network settings: HTTP and SOCKS5 aren’t the same.",
    not_a_proxy:
      "There’s no proxy of this type at that address. Check its port and type in Network settings: HTTP and SOCKS5 aren’t the same.",
    proxy_unusable:
      "Homing can’t use the configured proxy, and won’t bypass it. Enter a proxy in Network settings, or turn the proxy off.",
    proxy_host: "Enter the proxy’s name or address, without http:// and without the port.",
    proxy_port: "Enter a port from 1 to 65535.",
    proxy_user: "User names can’t contain a colon and have at most 255 characters.",
    authority_not_pem:
      "That isn’t a complete PEM certificate. It starts with -----BEGIN CERTIFICATE-----. Ask your network admin for the authority’s certificate as PEM.",
    authority_no_certificate:
      "There’s no certificate in it, only something else such as a key. Keys belong on the server; ask for the authority’s certificate.",
    not_authority:
      "This is a server’s own certificate, not a certificate authority. Ask for the authority’s certificate, or for a join link with the server’s fingerprint, which needs none.",
    authority_ended: "This certificate authority has expired. Ask for the current one.",
    authority_not_yet:
      "This certificate authority isn’t valid yet. Check this computer’s clock, or ask for the current one.",
    authority_too_long:
      "That’s too long for one certificate authority. Paste only your own, not the system’s whole list.",
    version_unsupported: "This app and the server aren’t compatible. Update the older one.",
    keyring: "You weren’t signed in because your key couldn’t be saved to this computer’s keyring. {why}",
    sealed: "Your passphrase protects your keys. Enter it, then try again.",
    wrong_passphrase: "Wrong passphrase. Check Caps Lock and your keyboard layout, then try again.",
    passphrase_too_short: "This passphrase is too short. Use at least 8 characters.",
    signed_out: "This device was signed out. Sign in again; your messages are still here.",
    not_found: "It’s no longer there. Someone may have removed it.",
    no_such_message:
      "This message isn’t on this computer: it was deleted, or is older than what was fetched.",
    forbidden: "You don’t have permission to do this. Ask an admin of the space.",
    empty: "Write a message first.",
    too_large: "This message is too long. Split it and send the parts.",
    holds_nul: "This message contains an invisible character that can’t be sent. Paste it as plain text.",
    too_late: "Too late to change it: the message is already being sent.",
    rate_limited: "Too many requests. Wait {seconds} s, then try again.",
    port_taken: "Another program is using the port the server needs. Quit that program, then try again.",
    bad_setting: "That value isn’t allowed. Check the fields marked in red; nothing was changed.",
    storage:
      "The disk is full, or Homing can’t write to its folder. Free up space or fix the folder’s permissions, then try again.",
    failed: "That didn’t work. Try again. If it keeps failing, the details below help to find out why.",
  },
};
