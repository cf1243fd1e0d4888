/** 连接诊断的结论。 */
import type { doctorOutcomes } from "@/generated/english";

export const outcomes: typeof doctorOutcomes = {
  history_unknown: { means: "这里没有以往断开的记录。" },
  never_ended: { means: "自 Homing 启动以来，连接没有断开过。" },
  ended_before: { means: "上次连接就是这样结束的。Homing 会自动重连。" },
  ended_by_verdict: {
    means: "服务器因本设备的原因结束了上次连接。",
    advice: "请按关闭代码的建议操作。",
  },
  cut_when_idle: {
    means: "最近几次连接都在同样长的静默之后被切断：途中有设备的超时短于服务器的心跳间隔。",
    advice:
      "请让服务器前面代理的管理员允许一分钟的静默（nginx：proxy_read_timeout），或在“设置 → 高级”中缩短心跳间隔。",
  },
  token_missing: {
    means: "服务器有应答，但令牌没有送达：途中有设备去掉了 Authorization 头。",
    advice: "请让服务器前面代理的管理员转发 Authorization。",
  },
  blocked: {
    means: "服务器前面有设备拒绝了连接，应答不是服务器的。",
    advice: "请让该代理或过滤器的管理员放行 /v1/；服务器自己会验证令牌。",
  },
  busy: {
    means: "服务器或它前面的代理要求稍后再来。",
    advice: "请等一分钟。如果一直如此，请联系服务器管理员。",
  },
  redirected: {
    means: "这个地址已转到别处，而 Homing 不跟随重定向。",
    advice: "请索取带最终地址的链接。",
  },
  server_failed: {
    means: "服务器或它前面的代理出错了。",
    advice: "请让服务器管理员检查日志和磁盘。",
  },
  subprotocol_hidden: {
    means: "中间的代理隐藏了应答的 Sec-WebSocket-Protocol 头。",
    advice: "请让服务器前面代理的管理员转发它。",
  },
  upgrade_spoilt: {
    means: "Homing 服务器有应答，但中间的代理破坏了 WebSocket。",
    advice:
      "代理必须以 HTTP/1.1 连接服务器，并转发路径以及 Upgrade、Connection 和 Sec-WebSocket-* 头，见 docs/operations.md。",
  },
  words_replaced: {
    means: "服务器应答正常，但代理用自己的页面替换了应答内容。",
    advice:
      "请让代理的管理员不要改动 /v1/ 下的错误内容（nginx：proxy_intercept_errors off，Apache：ProxyErrorOverride Off）。",
  },
  name_found: { means: "已找到服务器地址。" },
  name_slow: {
    means: "已找到服务器地址，但速度较慢，每次连接都会受影响。",
    advice: "请检查当前网络的 DNS 服务器。",
  },
  name_is_address: { means: "这是 IP 地址，无需解析。" },
  name_at_proxy: { means: "由代理解析，当前网络中无人知晓。" },
  name_not_found: {
    means: "找不到该主机名，或本机没有网络。",
    advice: "请检查网络和地址拼写；公司内部的服务器通常需要连接 VPN。",
  },
  name_timed_out: {
    means: "当前网络的 DNS 服务器无响应。",
    advice: "请检查网络；VPN 断开后可能残留其 DNS 设置。",
  },
  no_proxy: { means: "未设置代理，直接连接。" },
  proxy_off: { means: "设置中已关闭代理，直接连接。" },
  proxy_excepted: { means: "已设置代理，但此服务器不使用代理，直接连接。" },
  proxy_not_needed: { means: "服务器就是本机，无需代理。" },
  proxy_used: { means: "已通过代理连接服务器。" },
  proxy_not_found: {
    means: "找不到代理，或本机没有网络。",
    advice: "请在网络设置中检查代理的名称；公司代理只能在公司网络中使用。",
  },
  proxy_unreachable: {
    means: "代理无响应。",
    advice: "请在网络设置中检查代理的地址和端口，并确认本机与代理在同一网络中。",
  },
  proxy_needs_password: { means: "代理需要用户名和密码。", advice: "请在网络设置中填写。" },
  proxy_wrong_password: {
    means: "代理的用户名或密码不正确。",
    advice: "请在网络设置中重新填写；密码可能已更改。",
  },
  proxy_no_password: {
    means: "无法从密钥环读取代理密码，因此没有连接代理。",
    advice: "请解锁密钥环，或在网络设置中重新输入密码。",
  },
  proxy_refuses: { means: "代理禁止连接此服务器或端口。", advice: "请让代理管理员放行服务器的名称和端口。" },
  proxy_hung_up: {
    means: "代理未应答就断开了连接。",
    advice: "请检查代理的端口和类型：HTTP 与 SOCKS5 不能混用。",
  },
  not_a_proxy: {
    means: "该地址上没有这种类型的代理。",
    advice: "请检查代理的端口和类型：HTTP 与 SOCKS5 不能混用。",
  },
  proxy_unusable: {
    means: "Homing 无法使用当前设置的代理，也不会绕过它。",
    advice: "请在网络设置中填写以 http:// 或 socks5:// 开头的代理，或选择不使用代理。",
  },
  proxy_timed_out: {
    means: "代理收到了请求，但没有应答。",
    advice: "请检查代理的类型（HTTP 或 SOCKS5）；代理也可能在等待服务器，请确认服务器正在运行。",
  },
  tcp_by_proxy: { means: "代理已连接到服务器。" },
  tcp_not_by_proxy: {
    means: "代理无法连接服务器。",
    advice: "请检查服务器地址的拼写，并确认服务器正在运行、代理可以访问它。",
  },
  tcp_connected: { means: "已连接到服务器端口。" },
  tcp_fell_back: {
    means: "首个地址无响应，其他地址正常，每次连接都会因此变慢。",
    advice: "请告知服务器管理员，有一个地址已失效。",
  },
  tcp_refused: {
    means: "可以访问该计算机，但此端口上没有服务。",
    advice: "请询问服务器管理员：服务器是否在运行，使用哪个端口。",
  },
  tcp_unreachable: { means: "从本机无法到达该地址。", advice: "请检查网络、VPN 和本机防火墙。" },
  tcp_timed_out: {
    means: "没有任何响应，数据包可能在途中被丢弃。",
    advice: "请检查两端的防火墙，并确认服务器端口已对外开放。",
  },
  tls_pinned: { means: "已加密，证书与加入链接一致。" },
  tls_trusted: { means: "已加密，本机信任该证书。" },
  tls_ends_soon: { means: "已加密且受信任，但证书将在两周内过期。", advice: "请提醒服务器管理员更新证书。" },
  tls_off_here: { means: "未加密；在同一台计算机上没有问题。" },
  tls_off: { means: "未加密，途中的任何人都能读取内容。", advice: "请让服务器管理员启用 TLS。" },
  certificate_changed: {
    means: "证书与加入链接不一致：可能是另一台服务器，或有人正在拦截连接。",
    advice: "请通过其他方式向服务器管理员核对指纹；如果证书已更换，请使用新的加入链接。",
  },
  certificate_untrusted: {
    means: "本机不信任该证书。",
    advice: "请检查本机时钟，在网络设置中添加公司的证书机构，或使用带指纹的加入链接。",
  },
  tls_none: { means: "此端口未使用 TLS。", advice: "请检查端口；Wi-Fi 登录页面也可能导致此问题。" },
  tls_cut: {
    means: "连接在 TLS 握手时被断开，可能是防火墙所致。",
    advice: "请更换网络，或咨询当前网络的管理员。",
  },
  tls_timed_out: { means: "连接后无响应。", advice: "途中有设备拦截了数据，请更换网络。" },
  upgraded: { means: "服务器使用 Homing 协议。" },
  asks_for_token: { means: "服务器有响应并要求登录，符合预期。" },
  no_token: {
    means: "无法从密钥环读取本设备的令牌，因此没有联系服务器。",
    advice: "请解锁或启动密钥环，或输入主密码，然后重试。如果密钥已永久丢失，请重新登录。",
  },
  token_refused: {
    means: "服务器拒绝了本设备的令牌：本设备已退出登录。",
    advice: "请重新登录；本设备上未发送的消息会保留。",
  },
  bad_gateway: { means: "服务器前的代理无法连接服务器。", advice: "请询问服务器管理员：服务器是否在运行。" },
  not_homing: {
    means: "该地址上没有 Homing 服务器。",
    advice: "请检查地址和端口；服务器前的代理必须转发 /v1/，见 docs/operations.md。",
  },
  upgrade_cut: {
    means: "连接在收到响应之前被关闭：服务器正在启动或已满，或途中有设备阻止 WebSocket。",
    advice: "请在一分钟后重试，或更换网络。如果反复出现，请让服务器管理员检查服务器及其前面的代理。",
  },
  upgrade_timed_out: {
    means: "服务器收到了请求，但没有应答。",
    advice: "请让服务器管理员检查服务器的负载和日志。",
  },
  signed_in: { means: "已登录。" },
  signed_in_already: { means: "Homing 已登录。再建立一个连接会断开现有连接，因此在现有连接上检查。" },
  took_over: { means: "Homing 已在此期间恢复连接，并接替了检查。" },
  no_account: { means: "需要此空间的账号。" },
  version_unsupported: { means: "当前版本的 Homing 与服务器不兼容。", advice: "请更新版本较旧的一方。" },
  other_server: {
    means: "服务器将本设备识别为其他人的设备：这是另一个空间。",
    advice: "请询问服务器管理员：数据库是否已被替换。",
  },
  sign_in_closed: {
    means: "服务器未完成登录就关闭了连接，原因见关闭代码。",
    advice: "请按关闭代码的建议操作。",
  },
  sign_in_broken: {
    means: "服务器返回的数据不符合协议。",
    advice: "请更新 Homing 和服务器；如果再次发生，请附上此报告反馈。",
  },
  sign_in_timed_out: {
    means: "服务器没有应答登录请求。",
    advice: "请让服务器管理员检查服务器的磁盘和日志。",
  },
  answered: { means: "服务器响应正常。" },
  answered_slowly: {
    means: "服务器有响应，但耗时超过一秒。",
    advice: "连接繁忙，请检查下载任务和 Wi-Fi 信号。",
  },
  no_answer: { means: "已连接，但服务器无响应。", advice: "途中有设备停止转发数据，请更换网络。" },
  clocks_agree: { means: "本机与服务器的时钟一致。" },
  clocks_differ: {
    means: "本机与服务器的时钟相差超过一分钟，消息时间会显示有误，但不影响消息顺序。",
    advice: "请为本机启用自动校时；如果本机时间无误，请告知服务器管理员。",
  },
  not_reached: { means: "前面的步骤失败，未检查。" },
  not_seen: { means: "已完成，但无法在此检查。" },
};
