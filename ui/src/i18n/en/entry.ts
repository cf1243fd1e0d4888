/** Words of coming in, of failing, and those used everywhere. */
export const entry = {
  common: {
    cancel: "Cancel",
    close: "Close",
    back: "Back",
    save: "Save",
    saved: "Saved",
    copy: "Copy",
    copied: "Copied",
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
  role: { guest: "guest", member: "member", admin: "admin", owner: "owner" },
  presence: { online: "online", away: "away", offline: "offline" },
  welcome: {
    title: "Welcome to Homing",
    lead: "Chat on your own server. What you send arrives.",
    link: "Join link",
    link_hint: "Paste the link that a colleague sent you, or the one that another device of yours shows.",
    looking: "Looking at the link…",
    matches: "{space}, invited by {who}. The server’s certificate matches the link.",
    matches_nobody: "{space}. The server’s certificate matches the link.",
    trusted: "{space}, invited by {who}.",
    trusted_nobody: "{space} on {address}.",
    oneself: "You are {name} in {space}. {device} brings this device along; nothing else is needed.",
    come_in_as: "Sign in to {space} as {name}",
    name: "Your name there",
    name_hint: "As others will see it. It can be changed later.",
    set_password: "Set a password",
    password: "Password",
    password_hint: "With a password you can sign in on further devices. At least 8 characters.",
    join: "Join",
    join_space: "Join {space}",
    joining: "Joining…",
    start: "Start a space on this computer",
    sign_in: "Sign in",
    keyring_note: "Your key to the space is kept in this computer’s keyring.",
    passphrase_note: "Your key to the space is kept in a file behind your passphrase.",
    start_title: "Start a space on this computer",
    start_lead:
      "The server runs inside this app, for as long as the app runs. Colleagues in your network join by a link.",
    space_name: "Name of the space",
    space_placeholder: "Northlight",
    your_name: "Your name",
    start_submit: "Start the space",
    starting: "Starting…",
    sign_in_title: "Sign in",
    sign_in_lead: "For a space in which you already have a name and a password.",
    address: "Server or join link",
    address_placeholder: "chat.example.org",
    signing_in: "Signing in…",
    session_only: "Use it for this session only",
    session_only_hint: "The key is then kept in memory, and this device is signed out when the app quits.",
    add_title: "Add a space",
  },
  fail: {
    bad_command:
      "The app made a mistake of its own: its two halves disagree. Restart it, and if this comes again, report it with the details below.",
    not_a_link:
      "This is no link of Homing. One begins with homing://join/ or homing://link/. Ask the person who invited you to send it again, or copy it again from your other device.",
    damaged_link:
      "The link is damaged: a part of it is missing. Copy it again, from its first to its last character.",
    plain_link:
      "This link turns encryption off, so anybody between you and the server could read along. Homing does not connect that way to another computer. Ask the host to turn encryption on and to send a new link.",
    invite_invalid: "The invitation is used up or expired, or its maker left the space. Ask for a new link.",
    link_invalid:
      "The device link was used, is over, or was ended on the other device. Make a new one there: Settings, Devices, Link a device.",
    name_taken: "Somebody has this name already. Choose another one. If it is you, sign in instead.",
    name_invalid: "This name can’t be used. A name has 1 to 64 characters and is not only spaces.",
    bad_login: "Name or password are wrong. Check both; the name is the one you have in this space.",
    password_too_short: "The password is too short. Use at least 8 characters.",
    already_joined: "This device is in the space already. Open it from the list of spaces.",
    another_member:
      "This device is in the space already as somebody else, and what they wrote and did not send yet is kept here. Leave the space on this device first (Settings, About), or use another profile.",
    too_many_devices:
      "You have as many devices as this server allows. Sign one of them out in Settings, Devices, then try again.",
    offline:
      "The server can’t be reached. Check the network here and whether the server runs, then try again. Nothing was lost.",
    certificate_changed:
      "The server’s certificate is not the one in the link. Somebody may stand between you and the server, or it was set up anew. Ask the host for a fresh link, and do not go on until you have it.",
    certificate_untrusted:
      "This computer does not trust the server’s certificate. Ask the host for a join link that carries its fingerprint, or add your company’s certificate authority in the network settings.",
    token_missing:
      "A proxy in front of the server removes the sign-in (the Authorization header), so no device could connect. Nothing was used up. Ask whoever runs the server to fix it.",
    blocked:
      "Something in front of the server refuses the connection. Nothing was used up. Ask whoever runs the server to let Homing through.",
    server_away:
      "A proxy answers, but the server behind it is away. It may be restarting: try again in a minute.",
    busy: "The server is busy. Try again in a minute.",
    redirected: "The address leads elsewhere. Ask for a link with the new address.",
    hung_up: "The server hung up before it answered. It may be starting or full: try again in a minute.",
    upgrade_spoilt:
      "A proxy in front of the server breaks the connection, so no device could connect. Nothing was used up. Ask whoever runs the server to run “homing-server doctor”.",
    subprotocol_hidden:
      "A proxy in front of the server hides a part of its answers, so no device could connect. Nothing was used up. Ask whoever runs the server to run “homing-server doctor”.",
    server_failed: "Something went wrong on the server. Try again in a minute.",
    not_http: "Something answers there, but it isn’t a Homing server. Check the address and the port.",
    not_homing:
      "Something answers there, but it is no Homing server. Check the address, and any proxy on the way.",
    other_space: "This link leads to another space. Ask for a new link of this one.",
    proxy_not_found:
      "The proxy’s name can’t be found. Check it in the network settings; a company’s proxy is known in its own network only.",
    proxy_unreachable:
      "Nobody answers at the proxy’s address. Check its name and port in the network settings, and whether you are in its network.",
    proxy_needs_password: "The proxy needs a user name and a password. Enter both in the network settings.",
    proxy_wrong_password:
      "The proxy does not accept this user name and password. Enter both again in the network settings.",
    proxy_no_password:
      "The keyring does not give the proxy’s password. Unlock it, or enter the password again in the network settings.",
    proxy_refuses:
      "The proxy’s rules do not allow this server. Ask whoever runs the proxy to allow the server’s name and port.",
    proxy_no_way:
      "The proxy does not reach the server. Check the server’s address, and ask whether it runs and whether the proxy may go there.",
    proxy_hung_up:
      "Something answers at the proxy’s address and hangs up. Check its port and kind in the network settings: HTTP and SOCKS5 are different ones.",
    not_a_proxy:
      "What answers at the proxy’s address is no proxy of this kind. Check its port and kind in the network settings: HTTP and SOCKS5 are different ones.",
    proxy_unusable:
      "A proxy is set in a way that Homing can’t use, and Homing does not go past it. Name one in the network settings, or choose none.",
    proxy_host: "Enter the proxy’s name or address, without http:// and without the port.",
    proxy_port: "A port is a number from 1 to 65535.",
    proxy_user: "A user name has no colon and at most 255 characters.",
    authority_not_pem:
      "This is no PEM text, or a part is missing. It begins with -----BEGIN CERTIFICATE-----. Ask whoever runs your network for the authority’s certificate as PEM.",
    authority_no_certificate:
      "There is no certificate in it, only something else, such as a key. Keys are for the server alone; ask for the authority’s certificate.",
    not_authority:
      "This is a server’s own certificate and no certificate authority. Ask for the authority’s; or for a join link with the server’s fingerprint, which needs none.",
    authority_ended: "This certificate authority has ended. Ask for the current one.",
    authority_not_yet:
      "This certificate authority is not valid yet. Check this computer’s clock, or ask for the current one.",
    authority_too_long:
      "This is far too long for one authority. Paste the certificate of yours only, not the whole list of a system.",
    version_unsupported: "This app and the server are too far apart in age. Update whichever is older.",
    keyring: "Your key could not be put into this computer’s keyring, so you were not signed in. {why}",
    sealed: "Your keys are behind your passphrase. Enter it, then try again.",
    wrong_passphrase:
      "That is not the passphrase. Check for capital letters and the keyboard’s language, then type it again.",
    passphrase_too_short: "The passphrase is too short. Use at least 8 characters.",
    signed_out: "This device was signed out. Sign in again; what you wrote is kept.",
    not_found: "It is no longer there. It may have been removed meanwhile.",
    forbidden: "Your role does not allow this. Ask an admin of the space.",
    empty: "There is nothing to send. Write something first.",
    too_large: "The text is longer than the server takes. Split it, and send the parts.",
    too_late: "It is on its way already and can’t be changed any more.",
    rate_limited: "That was too often. Wait {seconds} s, then try again.",
    port_taken: "Another program uses the port that the server needs. Quit that program, then try again.",
    bad_setting: "That can’t be set so. Look at the figures marked in red; nothing was changed.",
    storage:
      "The disk is full, or the app’s folder can’t be written. Make room or mend the folder, then try again.",
    failed:
      "That did not work. Try again; if it keeps failing, the details below help whoever looks into it.",
  },
};
