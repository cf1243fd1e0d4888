/** Words of what the desktop does for the app: starting, keys, drawing, several spaces. */
import type { desktop as english } from "../en/desktop";

export const desktop: typeof english = {
  desktop: {
    autostart: "登录时启动",
    autostart_hint: "在托盘中静默启动，消息随时送达。",
    autostart_failed: "系统无法在登录时启动应用：{text}",
    shortcut: "唤出窗口的快捷键",
    shortcut_hint: "在任何应用中都有效。请选择其他应用没有使用的按键。",
    shortcut_none: "无",
    shortcut_press: "请按下快捷键，按 Esc 保持不变",
    shortcut_needs: "请按住 Ctrl、Alt 或 Super，再按另一个键。",
    shortcut_choose: "选择按键",
    shortcut_remove: "不使用",
    shortcut_works: "按下这些键即可唤出窗口。",
    shortcut_taken: "这些按键已被其他应用或桌面占用，请换一组。",
    shortcut_unsupported:
      "此桌面使用 Wayland，不向应用提供全局按键。请在桌面的键盘设置中，为“homing-desktop”命令指定一个按键，按下即可唤出窗口。",
    shortcut_failed: "无法使用这些按键：{text}",
    zoom: "界面大小",
    zoom_hint: "也可以使用 Ctrl 加 +、− 或 0。",
    larger: "放大",
    smaller: "缩小",
    usual_size: "默认大小",
    percent: "{n}%",
    spell: "拼写检查",
    spell_hint: "使用本系统的语言，前提是系统装有相应词典。",
    graphics: "绘制",
    safe: "不使用显卡绘制",
    safe_hint: "速度较慢，但适用于任何驱动。下次启动时生效。",
    safe_after_blank:
      "窗口曾一直空白，因此应用已重新启动，此后不使用显卡绘制。更新显卡驱动后可以关闭此项；如果窗口再次空白，应用会自行发现。",
    next_start: "下次启动时生效。请从托盘退出，再重新打开应用。",
  },
  spaces: {
    offline: "离线",
    connecting: "正在连接",
    stopped: "保持离线",
    refused: "已退出或被拒绝",
    unread: "有未读消息",
    muted: "已静音",
    mute: "将此空间静音",
    unmute: "取消此空间的静音",
    settings: "此空间的设置",
  },
};
