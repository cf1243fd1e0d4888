/** What a close code means. */
import type { codes as englishCodes } from "../en/codes";

const update = "请把 Homing 和服务器更新到最新版本；如果再次发生，请从连接检查器导出数据帧并反馈。";
const nothing = "无需操作：Homing 会自动重连，不会丢失任何内容。";

export const codes: typeof englishCodes = {
  1000: {
    happened: "正常关闭",
    means: "一方道了别：本应用离线或退出时，或者服务器以自己的方式。",
    advice: nothing,
  },
  1001: {
    happened: "对方离开",
    means: "服务器或代理正在停止，或者本机放弃了卡住的连接。",
    advice: nothing,
  },
  1002: { happened: "协议错误", means: "一方读不懂另一方发来的内容。", advice: update },
  1003: { happened: "不支持的数据", means: "一方收到了它不接受的数据类型。", advice: update },
  1005: {
    happened: "关闭时没有代码",
    means: "对方正常关闭，但没有说明原因。代理会这样做，Homing 服务器不会。",
    advice: "如果反复出现，请查找途中的代理及其对 WebSocket 的时间限制。",
  },
  1006: {
    happened: "未道别就断开",
    means: "网络或代理丢掉了连接，或者一方突然停止。没有人发送这个代码：它是从沉默推断出来的。",
    advice:
      "如果以固定间隔反复出现，说明途中的代理或路由器会关闭空闲连接：请调高它对 WebSocket 的时间限制。否则请检查网络。",
  },
  1007: { happened: "文字损坏", means: "一方收到了不是 UTF-8 的文字。", advice: update },
  1008: {
    happened: "被规则拒绝",
    means: "途中有东西不允许这个连接。",
    advice: "请询问你和服务器之间的代理或防火墙的管理者。",
  },
  1009: { happened: "数据帧太大", means: "一方一次收到的内容超过了它的上限。", advice: update },
  1010: {
    happened: "缺少扩展",
    means: "一方坚持要用另一方不会的东西。",
    advice: "请查找途中会改动 WebSocket 的代理。",
  },
  1011: {
    happened: "服务器出错",
    means: "服务器或它前面的代理遇到了意外。",
    advice: "起初无需操作：Homing 会重连。如果反复出现，请告诉服务器的管理者。",
  },
  1012: { happened: "服务正在重启", means: "它会自己回来。", advice: nothing },
  1013: { happened: "服务过载", means: "它请大家稍后再来，Homing 会照做。", advice: nothing },
  1014: {
    happened: "网关错误",
    means: "服务器前面的代理连不上服务器。",
    advice: "请服务器的管理者检查代理，以及服务器是否在运行。",
  },
  1015: {
    happened: "没有安全连接",
    means: "TLS 失败。没有人发送这个代码：它是推断出来的。",
    advice: "请运行连接医生：它会说明证书是错误、过期还是不受信任。",
  },
  4000: {
    happened: "服务器出错",
    means: "服务器上发生了它没有料到的事。",
    advice: "起初无需操作：Homing 会重连。如果反复出现，请告诉服务器的管理者；日志里有原因。",
  },
  4001: { happened: "服务器关闭", means: "它正在重启或更新，并告诉了大家何时回来。", advice: nothing },
  4002: {
    happened: "服务器没有听到回应",
    means: "它询问是否还在，但没有及时得到回应：通往服务器的方向断了。",
    advice: "如果反复出现，请运行连接医生；留意会忘记空闲连接的 VPN、代理或路由器。",
  },
  4003: {
    happened: "本设备接收太慢",
    means: "它半分钟没有读取：睡眠了，或者非常忙。错过的内容会重新获取。",
    advice: nothing,
  },
  4004: {
    happened: "令牌过期",
    means: "本设备的身份证明需要更新。",
    advice: "Homing 会再试。如果没有恢复，请重新登录；排队的消息会保留。",
  },
  4005: {
    happened: "连接太频繁",
    means: "服务器会让反复连接的设备慢下来。",
    advice: "请等一分钟。如果反复出现，请在记录里查看是什么切断了连接。",
  },
  4006: {
    happened: "服务器已恢复",
    means: "它的数据库换成了另一个，通常来自备份。所有内容会重新获取。",
    advice: "无需操作。备份之后写下的内容可能缺失；你排队的内容会发送。",
  },
  4007: {
    happened: "问候来得太晚",
    means: "连接已经建立，但 10 秒内没有问候到达服务器。",
    advice: "如果反复出现，说明线路很慢或途中有东西扣住数据：请运行连接医生。",
  },
  4500: { happened: "双方互相听不懂", means: "一方发送了协议不允许的内容。", advice: update },
  4501: {
    happened: "没有共同的版本",
    means: "这个 Homing 和服务器的版本相差太远。",
    advice: "请更新较旧的一方。",
  },
  4502: {
    happened: "本设备已被登出",
    means: "使用你账号的人或管理员撤销了它。",
    advice: "请重新登录。本设备上排队的内容会保留，到时发送。",
  },
  4503: {
    happened: "被较新的连接取代",
    means: "另一个程序使用了同一设备的令牌：复制的配置，或者第二次启动。",
    advice: "请关闭另一个，然后选择“立即重试”。",
  },
  4504: {
    happened: "账号已停用",
    means: "管理员停用了它。",
    advice: "请询问空间的管理者。本设备上的内容不会被删除。",
  },
  4505: {
    happened: "请求过于频繁",
    means: "本设备多次超出服务器的限制，服务器已断开连接。",
    advice:
      "Homing 会在一分钟后自动重连，若再次发生则间隔更长。如果反复出现，请停止这个账号上的机器人或脚本。",
  },
  4506: {
    happened: "设备太多",
    means: "账号的设备数已达到服务器的上限。",
    advice: "请在另一台设备的设置里登出不再使用的设备。",
  },
};
