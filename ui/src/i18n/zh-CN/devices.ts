/** Words of devices brought along and signed out, and of spaces that were damaged. */
import type { devices as english } from "../en/devices";

export const devices: typeof english = {
  device: {
    link: "关联设备",
    link_hint: "新设备无需密码即可以你的身份登录。",
    title: "关联设备",
    lead: "在另一台设备上打开 Homing 并粘贴此链接，即可以 {name} 的身份登录 {space}。",
    qr: "设备链接的二维码",
    qr_hint: "也可用相机应用扫描：得到的是同一链接，可直接打开 Homing，也可复制。",
    field: "设备链接",
    left: "仅可使用一次，{time} 后失效。",
    secret: "任何人打开此链接都能以你的身份登录。关闭此窗口后链接失效。",
    over: "链接已过期。另一台设备就绪后，请重新生成。",
    again: "重新生成链接",
    linked: "{name} 已关联，并以你的身份登录。",
    linked_short: "{name} 已关联",
    copied: "链接已复制，请粘贴到你的另一台设备上。",
    making: "正在生成链接…",
    address: "登录地址",
    address_hint: "要在另一台设备上用名字和密码登录，请将它粘贴到那里。它不是秘密：没有密码就无法登录。",
    address_copied: "地址已复制，请在另一台设备的登录页粘贴。",
    fingerprint: "证书指纹",
    fingerprint_hint: "如果另一台设备询问这是不是你的服务器，它显示的指纹必须与此一致。",
  },
  signed_out: {
    title: "本设备已退出登录 {space}",
    text: "你在另一台设备上将其退出，或由服务器管理员操作。本设备不会再收到新消息。",
    kept: "{n} 条未发送的消息保存在本机。",
    kept_none: "你的消息均已发送。",
    todo: "在已登录的设备上打开“设置 → 设备 → 关联设备”，将链接粘贴到这里，或用密码登录。",
    todo_kept: "以 {name} 的身份重新登录后，这些消息会自动发送，每条只发送一次。",
    again: "关联或重新登录",
    show: "查看并复制",
  },
  rescue: {
    title: "{space} 的本地数据库已损坏",
    text: "已将其另存，并从服务器重新获取全部内容。服务器上没有丢失任何内容。",
    queued: "已恢复 {n} 条未发送的消息，将自动发送。",
    queued_none: "其中没有未发送的消息。",
    unsaved: "已恢复 {n} 项未保存的草稿和已读位置。",
    unreadable: "{n} 条未发送的消息无法恢复。如果还记得，请重新输入。",
    unsure: "部分未发送的数据无法读取，可能还有遗漏。请检查你最近的消息。",
    aside: "损坏的文件保存在：",
    done: "知道了",
    copy: "复制路径",
  },
  unreadable: {
    newer:
      "你的一个空间曾用更新版本的 Homing 打开，当前版本无法读取。没有做任何更改。请重新安装较新的版本；其他空间照常使用。",
    full: "磁盘已满，无法打开你的一个空间。没有丢失任何内容。请腾出空间，然后重启 Homing。",
    busy: "你的一个空间正被其他程序使用。请退出该程序，然后重启 Homing。",
    damaged:
      "你的一个空间已损坏，且无法识别是哪个空间。文件仍然保留。请用链接或密码重新加入，并附上此信息反馈：{text}",
    failed: "无法打开你的一个空间。数据仍保留在磁盘上。请重启 Homing；如果再次出现，请附上此信息反馈：{text}",
  },
};
