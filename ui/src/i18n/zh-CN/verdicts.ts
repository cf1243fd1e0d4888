/** 连接医生的结论，以及连接结束原因的用语。 */
import type { codes as englishCodes, outcomes as englishOutcomes } from "../en/verdicts";

const update = "请把 Homing 和服务器更新到最新版本；如果再次发生，请从连接检查器导出数据帧并反馈。";
const nothing = "无需操作：Homing 会自动重连，不会丢失任何内容。";

export const outcomes: typeof englishOutcomes = {
  name_found: { means: "名称指向一个地址。" },
  name_slow: {
    means: "找到了名称，但很慢：每次连接都要先等这一步。",
    advice: "请检查这个网络的 DNS 服务器。",
  },
  name_is_address: { means: "这是地址，不需要查找。" },
  name_at_proxy: { means: "交给代理查找，这个网络里没有人知道它。" },
  name_not_found: {
    means: "没有人知道叫这个名称的计算机，或者本机没有网络。",
    advice: "请检查网络和地址的拼写；公司内部的名称往往需要先连上它的 VPN。",
  },
  name_timed_out: {
    means: "这个网络的 DNS 服务器没有回答。",
    advice: "请检查网络；断开的 VPN 会留下这样的 DNS 服务器。",
  },
  no_proxy: { means: "没有设置代理；Homing 直接连接。" },
  proxy_off: { means: "设置为不使用代理；Homing 直接连接。" },
  proxy_excepted: { means: "设置了代理，但这台服务器例外；Homing 直接连接。" },
  proxy_not_needed: { means: "服务器就是本机，不需要代理。" },
  proxy_used: { means: "代理打开了通往服务器的路。" },
  proxy_not_found: {
    means: "没有人知道叫这个名称的代理，或者本机没有网络。",
    advice: "请在网络设置中检查代理的名称；公司的代理只在公司自己的网络里有效。",
  },
  proxy_unreachable: {
    means: "代理的地址上没有回应。",
    advice: "请在网络设置中检查名称和端口，并确认本机在代理所在的网络里。",
  },
  proxy_needs_password: { means: "代理要求用户名和密码。", advice: "请在网络设置中填写两者。" },
  proxy_wrong_password: {
    means: "代理不接受这个用户名和密码。",
    advice: "请在网络设置中重新填写；密码可能已经更改。",
  },
  proxy_no_password: {
    means: "密钥环没有给出代理的密码，因此没有去问代理。",
    advice: "请解锁密钥环，或在网络设置中重新输入密码。",
  },
  proxy_refuses: {
    means: "代理的规则不允许连接这台服务器和端口。",
    advice: "请代理的管理者放行服务器的名称和端口。",
  },
  proxy_hung_up: {
    means: "代理的地址上有回应，但一言不发就挂断了。",
    advice: "请检查代理的端口和类型：HTTP 和 SOCKS5 是不同的代理。",
  },
  not_a_proxy: {
    means: "代理的地址上回应的不是这种类型的代理。",
    advice: "请检查代理的端口和类型：HTTP 和 SOCKS5 是不同的代理。",
  },
  proxy_unusable: {
    means: "设置的代理 Homing 无法使用，而 Homing 不会绕过它。",
    advice: "Homing 能使用以 http:// 或 socks5:// 开头的代理。请在网络设置中填写一个，或选择不使用代理。",
  },
  proxy_timed_out: {
    means: "代理收下了请求，却没有回答。",
    advice: "请检查代理的类型（HTTP 或 SOCKS5）；否则它可能在等服务器：请问服务器是否在运行。",
  },
  tcp_by_proxy: { means: "代理已连接到服务器。" },
  tcp_not_by_proxy: {
    means: "代理有回应，但连不上服务器。",
    advice: "请检查服务器地址的拼写；问一问服务器是否在运行，代理是否可以访问它。",
  },
  tcp_connected: { means: "服务器所在的计算机在这个端口上有回应。" },
  tcp_fell_back: {
    means: "第一个地址没有回应，后面的地址有：每次连接都要等这一段。",
    advice: "请告诉服务器的管理者，它有一个地址失效了。",
  },
  tcp_refused: {
    means: "计算机在，但这个端口上没有程序在监听。",
    advice: "请问服务器的管理者：服务器在运行吗，用的是哪个端口？",
  },
  tcp_unreachable: {
    means: "从这里没有通往这个地址的路。",
    advice: "请检查网络、VPN 和本机的防火墙。",
  },
  tcp_timed_out: {
    means: "没有任何回应，连拒绝都没有：途中有东西吞掉了数据包。",
    advice: "请检查本机和服务器的防火墙；问一问服务器的端口是否对外开放。",
  },
  tls_pinned: { means: "已加密，证书正是加入链接里的那一张。" },
  tls_trusted: { means: "已加密，本机信任这张证书。" },
  tls_ends_soon: {
    means: "已加密且受信任，但证书两周内到期。",
    advice: "请告诉服务器的管理者更新证书。",
  },
  tls_off_here: { means: "没有加密；在同一台计算机内部没有问题。" },
  tls_off: { means: "没有加密：途中的任何人都能读到内容。", advice: "请服务器的管理者打开 TLS。" },
  certificate_changed: {
    means: "这不是加入链接里的证书：是另一台服务器，或者有人在中间。",
    advice: "请用别的方式向服务器的管理者核对指纹；如果证书是重新制作的，请用新链接重新加入。",
  },
  certificate_untrusted: {
    means: "本机不信任这张证书。",
    advice: "请检查本机的时钟；公司自己的证书机构可以在网络设置中添加；或者使用带指纹的加入链接。",
  },
  tls_none: {
    means: "那里回应的程序不使用 TLS。",
    advice: "请检查端口；酒店网络的登录页也会造成这种情况。",
  },
  tls_cut: {
    means: "交换密钥时连接被切断：防火墙会这样做。",
    advice: "请换一个网络试试；或询问这个网络的管理者。",
  },
  tls_timed_out: { means: "连上之后就没有声音了。", advice: "途中有东西扣住了数据：请换一个网络试试。" },
  upgraded: { means: "服务器使用 Homing 的协议。" },
  asks_for_token: { means: "服务器有回应，并询问你是谁，正该如此。" },
  no_token: {
    means: "密钥环没有给出本设备的令牌，因此没有向服务器询问。",
    advice: "请解锁或启动密钥环，或输入口令，然后再试。如果密钥已经丢失，请重新登录。",
  },
  token_refused: {
    means: "服务器不接受本设备的令牌：它已被登出或撤销。",
    advice: "请重新登录；本设备上排队的内容会保留。",
  },
  bad_gateway: {
    means: "服务器前面的代理连不上服务器。",
    advice: "请问服务器的管理者：服务器在运行吗？",
  },
  not_homing: {
    means: "回应的不是 Homing 服务器，或者中间的代理破坏了 WebSocket。",
    advice: "请检查地址和端口；服务器前面的代理必须转发 Upgrade 和 Connection 头，见 docs/operations.md。",
  },
  upgrade_cut: {
    means: "在应当变成 WebSocket 的时候连接被切断。",
    advice: "途中的代理或防火墙可能不允许 WebSocket：请换一个网络试试。",
  },
  upgrade_timed_out: {
    means: "服务器收下了请求，却没有回答。",
    advice: "请服务器的管理者查看它的负载和日志。",
  },
  signed_in: { means: "服务器认识本设备。" },
  signed_in_already: {
    means: "Homing 自己的连接此刻已登录；同一设备再开一个会把它挤掉，所以结果取自那个连接。",
  },
  took_over: { means: "Homing 自己的连接在此期间恢复，并接替了检查。" },
  no_account: { means: "需要在空间里有账号。" },
  version_unsupported: { means: "这个 Homing 和服务器的版本相差太远。", advice: "请更新较旧的一方。" },
  other_server: {
    means: "服务器把本设备当成了别人：那里是另一个空间。",
    advice: "请问服务器的管理者：数据库是否被换掉了？",
  },
  sign_in_closed: {
    means: "服务器没有问候，而是关闭了连接；关闭代码说明了原因。",
    advice: "请看关闭代码的建议。",
  },
  sign_in_broken: {
    means: "服务器说的话不符合协议。",
    advice: "请更新 Homing 和服务器；如果仍然如此，请附上这份报告反馈。",
  },
  sign_in_timed_out: {
    means: "服务器收下了问候，却没有回答。",
    advice: "请服务器的管理者查看它的磁盘和日志。",
  },
  answered: { means: "提问得到了回答。" },
  answered_slowly: {
    means: "提问得到了回答，但用了超过一秒。",
    advice: "途中有东西很忙：请看看下载任务和无线网络。",
  },
  no_answer: {
    means: "连接还在，但提问没有得到回答。",
    advice: "途中有东西过一会儿就失灵：请换一个网络试试。",
  },
  clocks_agree: { means: "本机和服务器的时钟一致。" },
  clocks_differ: {
    means: "本机和服务器的时钟相差超过一分钟：消息的时间看起来会不对。消息的顺序不依赖时钟。",
    advice: "请让本机通过网络校准时钟；如果本机没错，请告诉服务器的管理者。",
  },
  not_reached: { means: "没有检查，因为前面的步骤失败了。" },
  not_seen: { means: "已经发生，但从这里看不到。" },
};

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
    happened: "多次超出限制",
    means: "服务器把本设备当成洪水，关上了门。",
    advice: "请停止这个账号上的机器人或脚本，等一分钟，然后选择“立即重试”。",
  },
  4506: {
    happened: "设备太多",
    means: "账号的设备数已达到服务器的上限。",
    advice: "请在另一台设备的设置里登出不再使用的设备。",
  },
};
