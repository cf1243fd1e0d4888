/** Words of devices brought along and signed out, and of spaces that were damaged. */
import type { devices as english } from "../en/devices";

export const devices: typeof english = {
  device: {
    link: "关联设备",
    link_hint: "新设备无需密码即可以你的身份登录。",
    title: "关联设备",
    lead: "在另一台设备上打开 Homing，用相机扫描此二维码，或粘贴链接。它将以 {name} 的身份登录 {space}。",
    qr: "设备链接的二维码",
    field: "设备链接",
    left: "只能使用一次，{time} 后失效。",
    secret: "持有此链接的人就等于你：不要给任何人看。关闭此窗口后链接即失效。",
    over: "链接已失效。另一台设备就绪后，请重新生成。",
    again: "重新生成链接",
    linked: "{name} 已关联，并已以你的身份登录。",
    linked_short: "{name} 已关联。",
    copied: "链接已复制，请粘贴到你的另一台设备上。",
    making: "正在生成链接…",
  },
  signed_out: {
    title: "本设备已从 {space} 登出",
    text: "这是在你的另一台设备上，或由主机方操作的。本设备不再收到新内容，也不再发出任何内容。",
    kept: "{n} 条尚未发送的消息保存在本机。",
    kept_none: "你写的内容此前都已发送。",
    todo: "在一台已登录的设备上打开“设置 → 设备 → 关联设备”，把链接粘贴到这里，或用密码登录。",
    todo_kept: "以 {name} 的身份重新登录后，它们会自动发出，每条只发一次。",
    again: "关联或重新登录",
    show: "查看并复制",
  },
  rescue: {
    title: "{space} 的本地数据库已损坏",
    text: "已将其另存，服务器上的全部内容正在重新获取。服务器上没有丢失任何内容。",
    queued: "已救回 {n} 条尚未发送的消息，它们会自动发出。",
    queued_none: "其中没有发现尚未发送的消息。",
    unsaved: "已救回 {n} 项尚未同步的草稿和已读位置。",
    unreadable: "有 {n} 条尚未发送的消息无法读取。如果还记得，请重新写一遍。",
    unsure: "尚未发送的内容有一部分完全无法读取，可能不止这些。请检查你最近写的消息。",
    aside: "损坏的文件保存在：",
    done: "知道了",
    copy: "复制位置",
  },
  unreadable: {
    newer:
      "本设备上的一个空间曾用更新版本的 Homing 打开，当前版本无法读取。没有做任何更改。请重新安装较新的版本；其他空间照常使用。",
    full: "磁盘已满，本设备上的一个空间无法打开。没有丢失任何内容。请腾出空间，然后重新启动应用。",
    busy: "本设备上的一个空间正被其他程序使用。请退出该程序，然后重新启动应用。",
    damaged:
      "本设备上的一个空间已损坏，也无法得知它是哪一个空间。文件仍然保留。请用链接或密码重新进入，并附上此说明反馈：{text}",
    failed:
      "本设备上的一个空间无法打开。其中的内容仍保留在磁盘上。请重新启动应用；如果再次出现，请附上此说明反馈：{text}",
  },
};
