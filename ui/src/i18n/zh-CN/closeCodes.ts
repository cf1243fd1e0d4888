/** What a close code means. */
import type { closeCodes } from "@/generated/english";

const update = "请将 Homing 和服务器更新到最新版本；如果再次发生，请从连接检查器导出数据帧并反馈。";
const inBetween = "如果反复出现，请运行连接诊断，并检查途中是否有代理。";
const nothing = "无需操作：Homing 会自动重连，不会丢失任何内容。";

export const codes: typeof closeCodes = {
  1000: { happened: "连接已正常关闭", means: "Homing 离线或退出，或服务器主动关闭了连接。", advice: nothing },
  1001: {
    happened: "对方已离开",
    means: "服务器或代理正在停止，或 Homing 放弃了卡住的连接。",
    advice: nothing,
  },
  1002: { happened: "协议错误", means: "一方无法解析另一方发送的数据。", advice: update },
  1003: { happened: "不支持的数据", means: "一方收到了不支持的数据类型。", advice: update },
  1005: {
    happened: "未提供关闭代码",
    means: "连接已关闭但没有说明原因。代理会这样做，Homing 服务器不会。",
    advice: "如果反复出现，请检查途中代理的 WebSocket 超时设置。",
  },
  1006: {
    happened: "连接异常中断",
    means: "网络或代理断开了连接，或一方突然停止。此代码不由任何一方发送，仅表示连接意外结束。",
    advice:
      "如果以固定间隔反复出现，说明途中的代理或路由器会关闭空闲连接，请调高其 WebSocket 超时时间。否则请检查网络。",
  },
  1007: { happened: "文本无效", means: "一方收到了非 UTF-8 文本。", advice: update },
  1008: {
    happened: "被策略拒绝",
    means: "途中有设备不允许此连接。",
    advice: "请咨询途中代理或防火墙的管理员。",
  },
  1009: { happened: "数据帧过大", means: "一方单次收到的数据超过上限。", advice: update },
  1010: {
    happened: "缺少扩展",
    means: "一方要求使用另一方不支持的扩展。",
    advice: "请检查途中是否有修改 WebSocket 的代理。",
  },
  1011: {
    happened: "服务器错误",
    means: "服务器或其前端代理遇到意外错误。",
    advice: "通常无需操作，Homing 会自动重连。如果反复出现，请告知服务器管理员。",
  },
  1012: { happened: "服务正在重启", means: "服务会自动恢复。", advice: nothing },
  1013: { happened: "服务过载", means: "服务要求稍后重连，Homing 会照做。", advice: nothing },
  1014: {
    happened: "网关错误",
    means: "服务器前的代理无法连接服务器。",
    advice: "请让服务器管理员检查代理和服务器。",
  },
  1015: {
    happened: "无法建立安全连接",
    means: "TLS 失败。此代码不由任何一方发送，由 Homing 推断得出。",
    advice: "请运行连接诊断，查看证书是错误、过期还是不受信任。",
  },
  4000: {
    happened: "服务器错误",
    means: "服务器遇到意外错误。",
    advice: "通常无需操作，Homing 会自动重连。如果反复出现，请告知服务器管理员；原因见服务器日志。",
  },
  4001: { happened: "服务器正在关闭", means: "服务器正在重启或更新，并已告知何时重连。", advice: nothing },
  4002: {
    happened: "服务器等待超时",
    means: "服务器未及时收到本设备的响应，到服务器的连接已中断。",
    advice: "如果反复出现，请运行连接诊断，并检查是否有 VPN、代理或路由器会丢弃空闲连接。",
  },
  4003: {
    happened: "本设备接收过慢",
    means: "本设备处于睡眠状态或非常繁忙，半分钟未接收数据。错过的消息会重新获取。",
    advice: nothing,
  },
  4004: {
    happened: "登录已过期",
    means: "本设备的登录凭证需要更新。",
    advice: "Homing 会自动重试。如果没有恢复，请重新登录；未发送的消息会保留。",
  },
  4005: {
    happened: "连接过于频繁",
    means: "服务器会限制频繁重连的设备。",
    advice: "请等待一分钟。如果反复出现，请在重连记录中查看原因。",
  },
  4006: {
    happened: "服务器已恢复",
    means: "服务器的数据库已更换，通常是从备份恢复。所有内容会重新获取。",
    advice: "无需操作。备份之后的消息可能缺失；你未发送的消息会照常发送。",
  },
  4007: {
    happened: "握手超时",
    means: "连接已建立，但服务器在 10 秒内没有收到握手。",
    advice: "如果反复出现，说明网络很慢或途中有设备拦截数据，请运行连接诊断。",
  },
  4500: { happened: "协议不兼容", means: "一方发送了不符合协议的数据。", advice: update },
  4501: {
    happened: "版本不兼容",
    means: "当前版本的 Homing 与服务器不兼容。",
    advice: "请更新版本较旧的一方。",
  },
  4502: {
    happened: "本设备已退出登录",
    means: "你在另一台设备上将其退出，或由管理员操作。",
    advice: "请重新登录。本设备上未发送的消息会保留，并在登录后发送。",
  },
  4503: {
    happened: "已被新的连接取代",
    means: "另一个程序正在使用本设备的登录凭证，例如复制的配置或重复启动的应用。",
    advice: "请关闭另一个程序，然后选择“立即重试”。",
  },
  4504: {
    happened: "账号已停用",
    means: "管理员停用了此账号。",
    advice: "请联系服务器管理员。本设备上的内容不会被删除。",
  },
  4505: {
    happened: "请求过于频繁",
    means: "服务器认为请求过于频繁，已断开连接。",
    advice: "Homing 会在一分钟后自动重新连接，之后间隔会变长。如果反复出现，请停止此账号上的机器人或脚本。",
  },
  4506: {
    happened: "设备过多",
    means: "此账号的设备数已达服务器上限。",
    advice: "请在另一台设备上打开“设置 → 设备”，将不再使用的设备退出登录。",
  },
  registered: {
    happened: "以其他 WebSocket 代码关闭",
    means: "当前版本的 Homing 不认识此代码。",
    advice: inBetween,
  },
  retryable: {
    happened: "服务器因未知原因关闭了连接",
    means: "当前版本的 Homing 不认识此代码，会自动重连。",
    advice: nothing,
  },
  final: {
    happened: "服务器因未知原因关闭了连接",
    means: "当前版本的 Homing 不认识此代码，不会自动重连。",
    advice: "请更新 Homing，新版本可能认识此代码，然后选择“立即重试”。",
  },
  invalid: {
    happened: "以未知代码关闭",
    means: "此代码不是来自 Homing 服务器，而是途中的设备。",
    advice: inBetween,
  },
};
