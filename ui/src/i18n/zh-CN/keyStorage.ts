/** Words about where this device’s keys are kept: the keyring, a passphrase, or nowhere. */
import type { keeping as english } from "../en/keyStorage";

export const keeping: typeof english = {
  keyring: {
    title: "密钥环",
    untried: "尚未使用。",
    working: "工作正常。你的密钥只保存在这里。",
    what: {
      locked: "密钥环已锁定。",
      absent: "本机没有正在运行的密钥环。",
      denied: "密钥环拒绝了 Homing 的访问。",
      not_set_up: "本机还没有密钥环。",
      changed: "密钥环中已没有你的密钥。",
      missing: "本设备已丢失密钥。",
      timed_out: "密钥环无响应。",
      failed: "密钥环出错：{text}",
    },
    means: "Homing 无法取得你的密钥，因此“{space}”已离线。没有删除任何内容；新消息会保存在本机，稍后发送。",
    means_changed:
      "密钥环已更换，或因锁定而无法读取原有内容。“{space}”已离线。没有删除任何内容；新消息会保存在本机，稍后发送。",
    means_missing:
      "密钥仅供单次使用，或其存储位置已不存在。“{space}”已离线。没有删除任何内容；新消息会保存在本机，稍后发送。",
    todo: {
      locked: "请解锁后重试。",
      absent:
        "请启动密钥环，或注销系统后重新登录，Homing 会持续检查。如果密钥仅供单次使用，请重新登录该空间。",
      denied: "请允许访问，然后重试。",
      changed: "请打开原来的密钥环，然后重试。如果它已不存在，请重新登录该空间。",
      not_set_up:
        "如果密钥保存在 KeePassXC 数据库中，请打开该数据库，并在“数据库设置”的“Secret Service 集成”中公开一个群组。否则请创建密钥环，然后重新登录该空间。",
      missing: "请用你的名字和密码重新登录该空间。",
      timed_out: "它可能正在另一个窗口中等待你输入密码。解锁后 Homing 会立即连接。",
      failed: "请重试。如果一直失败，请重启电脑。",
    },
    entry: {
      locked: "请解锁后重试。",
      absent: "请安装密钥环（如 GNOME 密钥环或 KWallet）后重试，或用主密码保护你的密钥。",
      denied: "请允许访问后重试，或用主密码保护你的密钥。",
      changed: "请打开原来的密钥环后重试，或用主密码保护你的密钥。",
      not_set_up:
        "请创建密钥环并为它设置密码。如果使用 KeePassXC，请在“数据库设置”的“Secret Service 集成”中公开一个群组。也可以用主密码保护你的密钥。",
      timed_out: "它可能正在另一个窗口中等待你输入密码，请查看后重试。也可以用主密码保护你的密钥。",
      failed: "请重试，或用主密码保护你的密钥。",
    },
    still: "情况没有变化。",
    create: "创建密钥环",
    sign_in: "重新登录",
    use: "重新使用密钥环",
    use_hint: "将密钥移回密钥环，并删除加密文件。",
    not_moved: "密钥环未接受你的密钥，密钥仍由主密码保护。",
  },
  passphrase: {
    title: "主密码",
    use: "使用主密码",
    use_title: "用主密码保护你的密钥",
    use_lead: "将密钥保存在本机的加密文件中。每次启动 Homing 时需要输入主密码。主密码无法找回。",
    instead: "不想使用密钥环？也可以用主密码保护你的密钥。",
    open: "你的密钥保存在加密文件中，每次启动 Homing 时需要输入主密码。",
    closed: "请输入主密码",
    closed_lead: "用于解锁你的密钥。在此之前，需要密钥的空间处于离线状态；新消息会保存在本机，稍后发送。",
    damaged: "保存密钥的文件已损坏。",
    damaged_lead:
      "任何主密码都无法打开此文件，文件保持原样。请从备份恢复后重启 Homing，或设置新的主密码并重新登录每个空间；你的消息会保留。",
    newer: "保存密钥的文件来自更新版本的 Homing。",
    newer_lead: "当前版本无法读取，文件保持原样。请更新并重启 Homing。",
    field: "主密码",
    old: "当前主密码",
    new: "新主密码",
    hint: "至少 8 个字符。多个单词比一个带符号的单词更安全。",
    repeat: "再输入一次",
    differs: "两次输入的主密码不一致。",
    enter: "解锁",
    entering: "正在解锁…",
    begin: "使用此主密码",
    beginning: "正在加密…",
    change: "更改主密码",
    changing: "正在加密…",
    changed: "主密码已更改",
    forgotten: "忘记了？",
    new_title: "设置新的主密码",
    new_lead:
      "没有旧的主密码就无法打开其保护的密钥。旧文件会另存，不会删除。设置新的主密码后需要重新登录每个空间；你的消息会保留。",
  },
};
