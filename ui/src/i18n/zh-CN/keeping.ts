/** Words about where this device’s keys are kept: the keyring, a passphrase, or nowhere. */
import type { keeping as english } from "../en/keeping";

export const keeping: typeof english = {
  keyring: {
    title: "密钥环",
    untried: "尚未访问密钥环。",
    working: "密钥环正常。你的密钥只保存在那里。",
    what: {
      locked: "密钥环已锁定。",
      absent: "本机的密钥环没有运行，或者不存在。",
      not_set_up: "本机还没有密钥环。",
      denied: "访问密钥环被拒绝。",
      changed: "密钥环中已没有你的密钥。",
      missing: "本设备已失去密钥。",
      timed_out: "密钥环没有应答。",
      failed: "密钥环出错：{text}",
    },
    means:
      "“{space}”无法从中取得你的密钥，因此暂时离线。没有删除任何内容；你写的消息保存在本机，稍后会自动发送。",
    means_changed:
      "它可能已被另一个密钥环取代，或因锁定而看不到原来的内容。“{space}”暂时离线。没有删除任何内容；你写的消息保存在本机，稍后会自动发送。",
    means_missing:
      "密钥只用于某一次使用，或保存它的地方已不存在。“{space}”暂时离线。没有删除任何内容；你写的消息保存在本机，稍后会自动发送。",
    todo: {
      locked: "请解锁后重试。",
      absent:
        "请启动密钥环，或注销本机后重新登录：Homing 会自动继续查找。仅在某一次使用的密钥已不存在，请重新登录该空间。",
      not_set_up:
        "如果密钥保存在 KeePassXC 数据库中，请打开该数据库，并在“数据库设置”的“Secret Service 集成”中公开一个群组。否则请创建密钥环，然后重新登录该空间。",
      denied: "请允许 Homing 使用它，然后重试。",
      changed: "请重新打开原来的密钥环，然后重试。如果它已不复存在，请重新登录该空间。",
      missing: "请用你的名字和密码重新登录该空间。",
      timed_out: "它可能正在另一个窗口中等待你输入密码，请查看。它一应答，Homing 就会连接。",
      failed: "请重试。如果一直出错，请重新启动本机。",
    },
    entry: {
      locked: "请解锁后重试。",
      absent: "请安装一个密钥环（如 GNOME 密钥环或 KWallet）后重试，或用口令保护你的密钥。",
      not_set_up:
        "请创建密钥环并为它设置密码。如果使用 KeePassXC，请在“数据库设置”的“Secret Service 集成”中公开一个群组。也可以用口令保护你的密钥。",
      denied: "请允许 Homing 使用它后重试，或用口令保护你的密钥。",
      changed: "请重新打开原来的密钥环后重试，或用口令保护你的密钥。",
      timed_out: "它可能正在另一个窗口中等待你输入密码，请查看后重试。也可以用口令保护你的密钥。",
      failed: "请重试，或用口令保护你的密钥。",
    },
    create: "创建密钥环",
    still: "刚刚又问了一次，情况没有变化。",
    sign_in: "重新登录",
    use: "改回使用密钥环",
    use_hint: "你的密钥会移回密钥环，加密文件随之移除。",
    not_moved: "密钥环没有接收你的密钥，它们仍由口令保护。",
  },
  passphrase: {
    title: "口令",
    use: "使用口令",
    use_title: "用口令保护你的密钥",
    use_lead: "你的密钥将保存在本机的一个加密文件中。Homing 每次启动时都会询问口令。口令无法找回。",
    instead: "不想使用密钥环？也可以用口令保护你的密钥。",
    open: "你的密钥保存在由口令保护的加密文件中。Homing 每次启动时都会询问口令。",
    closed: "请输入口令",
    closed_lead:
      "口令用来打开你的密钥。在此之前，受其保护的空间处于离线状态；你写的消息保存在本机，稍后会自动发送。",
    damaged: "保存密钥的文件已损坏。",
    damaged_lead:
      "任何口令都无法再打开它。文件保持原样。请从备份中恢复后重新启动 Homing，或选择新口令并重新登录每个空间；你的消息都还在。",
    newer: "保存密钥的文件由更新版本的 Homing 写入。",
    newer_lead: "当前版本无法读取，文件保持原样。请更新 Homing 后重新启动。",
    field: "口令",
    old: "当前口令",
    new: "新口令",
    hint: "至少 8 个字符。几个词比一个带符号的词更好。",
    repeat: "再输入一次",
    differs: "两次输入不一致，请重新输入。",
    enter: "打开",
    entering: "正在打开…",
    begin: "使用此口令",
    beginning: "正在加密…",
    change: "更改口令",
    changing: "正在加密…",
    changed: "从现在起使用新口令。",
    forgotten: "忘记了？",
    new_title: "选择新口令",
    new_lead:
      "没有旧口令就无法打开它保护的内容。旧文件会放到一旁，不会删除。选择新口令后需要重新登录每个空间；你的消息都还在。",
  },
};
