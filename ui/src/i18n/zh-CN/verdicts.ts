/** 连接医生的结论。 */
import type { outcomes as englishOutcomes } from "../en/verdicts";

export const outcomes: typeof englishOutcomes = {
  history_unknown: { means: "这里没有以往断开的记录。" },
  never_ended: { means: "自 Homing 启动以来，连接没有断开过。" },
  ended_before: { means: "上次连接就是这样结束的。Homing 会自动重连。" },
  ended_by_verdict: {
    means: "服务器因本设备的原因结束了上次连接。",
    advice: "请看关闭代码的说明。",
  },
  cut_when_idle: {
    means: "最近几次连接都在同样长的静默之后被切断：途中有设备的超时短于服务器的心跳间隔。",
    advice:
      "请让服务器前面代理的管理员允许一分钟的静默（nginx：proxy_read_timeout），或在“设置 → 高级”中缩短心跳间隔。",
  },
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
  token_missing: {
    means: "服务器有应答，但令牌没有送达：途中有设备去掉了 Authorization 头。",
    advice: "请让服务器前面代理的管理员转发 Authorization。",
  },
  blocked: {
    means: "服务器前面有设备拒绝了连接，应答不是服务器的。",
    advice: "请让该代理或过滤器的管理员放行 /v1/；服务器自己会验证令牌。",
  },
  words_replaced: {
    means: "服务器应答正常，但代理用自己的页面替换了应答内容。",
    advice:
      "请让代理的管理员不要改动 /v1/ 下的错误内容（nginx：proxy_intercept_errors off，Apache：ProxyErrorOverride Off）。",
  },
  bad_gateway: {
    means: "代理有应答，但后面的服务器不在。",
    advice: "请问服务器的管理员：服务器在运行吗？",
  },
  busy: {
    means: "服务器或它前面的代理要求稍后再来。",
    advice: "请等一分钟。如果一直如此，请联系服务器管理员。",
  },
  server_failed: {
    means: "服务器或它前面的代理出错了。",
    advice: "请让服务器管理员检查日志和磁盘。",
  },
  redirected: {
    means: "这个地址已转到别处，而 Homing 不跟随重定向。",
    advice: "请索取带最终地址的链接。",
  },
  upgrade_spoilt: {
    means: "Homing 服务器有应答，但中间的代理破坏了 WebSocket。",
    advice:
      "代理必须以 HTTP/1.1 连接服务器，并转发路径以及 Upgrade、Connection 和 Sec-WebSocket-* 头，见 docs/operations.md。",
  },
  subprotocol_hidden: {
    means: "中间的代理隐藏了应答的 Sec-WebSocket-Protocol 头。",
    advice: "请让服务器前面代理的管理员转发它。",
  },
  not_homing: {
    means: "应答的不是 Homing 服务器。",
    advice: "请检查地址和端口；服务器前面的代理必须把 /v1/ 转给它，见 docs/operations.md。",
  },
  upgrade_cut: {
    means: "连接在应答之前就结束了：服务器正在启动或已满，或者途中不允许 WebSocket。",
    advice: "请一分钟后重试。如果一直如此，请让服务器管理员检查服务器和它前面的代理，或换一个网络试试。",
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
