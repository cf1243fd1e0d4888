//! The few texts shown outside the interface: in notifications and in the tray. Names and texts of
//! others are isolated here and nowhere else.

use crate::dto::{Language, Status};
use crate::names::isolated;
use crate::ports::OverallConnection;

/// The texts of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Words {
    /// The texts for the chosen language; `system` is the operating system's locale, such as
    /// `zh_CN.UTF-8`.
    #[must_use]
    pub fn of(language: Language, system: Option<&str>) -> Self {
        match language {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
            Language::System if system.is_some_and(|locale| locale.starts_with("zh")) => {
                Self::Chinese
            }
            Language::System => Self::English,
        }
    }

    /// Messages in a room, without their text.
    #[must_use]
    pub fn new_messages(self, messages: u32) -> String {
        match (self, messages) {
            (Self::English, 1) => "New message".to_owned(),
            (Self::English, n) => format!("{n} new messages"),
            (Self::Chinese, 1) => "新消息".to_owned(),
            (Self::Chinese, n) => format!("{n} 条新消息"),
        }
    }

    /// Title of a notification about one message.
    #[must_use]
    pub fn in_room(self, sender: &str, room: &str) -> String {
        let (sender, room) = (isolated(sender), isolated(room));
        match self {
            Self::English => format!("{sender} in {room}"),
            Self::Chinese => format!("{sender}（{room}）"),
        }
    }

    /// Title of a notification about several messages.
    #[must_use]
    pub fn with_count(self, room: &str, count: &str) -> String {
        format!("{} · {count}", isolated(room))
    }

    /// A title with its space, if there are several spaces.
    #[must_use]
    pub fn in_space(self, room: &str, space: &str) -> String {
        format!("{} – {}", isolated(room), isolated(space))
    }

    /// A message with its sender, if several people may have written.
    #[must_use]
    pub fn wrote(self, sender: &str, text: &str) -> String {
        let (sender, text) = (isolated(sender), isolated(text));
        match self {
            Self::English => format!("{sender}: {text}"),
            Self::Chinese => format!("{sender}：{text}"),
        }
    }

    /// Label of the reply action.
    #[must_use]
    pub const fn reply(self) -> &'static str {
        match self {
            Self::English => "Reply",
            Self::Chinese => "回复",
        }
    }

    /// Placeholder of the reply field.
    #[must_use]
    pub fn write_to(self, room: &str) -> String {
        let room = isolated(room);
        match self {
            Self::English => format!("Message {room}"),
            Self::Chinese => format!("发消息到 {room}"),
        }
    }

    /// Label of the action that marks as read.
    #[must_use]
    pub const fn mark_read(self) -> &'static str {
        match self {
            Self::English => "Mark as read",
            Self::Chinese => "标为已读",
        }
    }

    /// Title of the notification about a reply that could not be queued; its text follows.
    #[must_use]
    pub const fn reply_not_sent(self) -> &'static str {
        match self {
            Self::English => "Your reply wasn’t sent. Click to send it from the room",
            Self::Chinese => "回复未发送。点击可在房间中重新发送",
        }
    }

    /// What was missed while offline.
    #[must_use]
    pub fn missed(self, messages: u32, rooms: usize) -> String {
        match self {
            Self::English => format!(
                "{messages} new {} in {rooms} {}",
                if messages == 1 { "message" } else { "messages" },
                if rooms == 1 { "room" } else { "rooms" },
            ),
            Self::Chinese => format!("{rooms} 个房间有 {messages} 条新消息"),
        }
    }

    /// The test notification.
    #[must_use]
    pub const fn test(self) -> (&'static str, &'static str) {
        match self {
            Self::English => ("Homing", "Notifications are working."),
            Self::Chinese => ("Homing", "通知可以正常显示。"),
        }
    }

    /// Title of a room without other members.
    #[must_use]
    pub const fn only_you(self) -> &'static str {
        match self {
            Self::English => "Only you",
            Self::Chinese => "只有你",
        }
    }

    /// Title of a direct room, by its other members.
    #[must_use]
    pub fn people<'a>(self, names: impl IntoIterator<Item = &'a str>) -> String {
        let names: Vec<_> = names.into_iter().collect();
        match names[..] {
            [] => self.only_you().to_owned(),
            [one] => one.to_owned(),
            _ => names.into_iter().map(isolated).collect::<Vec<_>>().join(", "),
        }
    }

    /// Shown once, when the window is closed and the program stays in the tray.
    #[must_use]
    pub const fn stays_in_tray(self) -> (&'static str, &'static str) {
        match self {
            Self::English => (
                "Homing is still running",
                "You’ll still get messages. Open or quit Homing from the tray icon.",
            ),
            Self::Chinese => ("Homing 仍在运行", "你仍会收到消息。可从托盘图标打开或退出。"),
        }
    }

    /// Said when there is no tray to close to.
    #[must_use]
    pub const fn no_tray(self) -> (&'static str, &'static str) {
        match self {
            Self::English => (
                "Homing is minimised",
                "This desktop doesn’t show tray icons, so Homing stays in the taskbar.",
            ),
            Self::Chinese => ("Homing 已最小化", "此桌面不显示托盘图标，Homing 会保留在任务栏中。"),
        }
    }

    /// Shown when the window stays blank in spite of every attempt.
    #[must_use]
    pub const fn stays_blank(self) -> (&'static str, &'static str) {
        match self {
            Self::English => (
                "Homing’s window is blank",
                "You’ll still get messages, and nothing is lost. Open Homing from the tray to \
                 try again. If the window stays blank, update your graphics driver or WebKit.",
            ),
            Self::Chinese => (
                "Homing 窗口无法显示",
                "你仍会收到消息，不会丢失。请从托盘重新打开窗口。如果仍是空白，请更新显卡驱动或系统的 WebKit。",
            ),
        }
    }

    /// The tray's menu: open the window.
    #[must_use]
    pub const fn open(self) -> &'static str {
        match self {
            Self::English => "Open Homing",
            Self::Chinese => "打开 Homing",
        }
    }

    /// The menu of a link: open it.
    #[must_use]
    pub const fn open_link(self) -> &'static str {
        match self {
            Self::English => "Open link",
            Self::Chinese => "打开链接",
        }
    }

    /// The menu of a link: copy its address.
    #[must_use]
    pub const fn copy_link(self) -> &'static str {
        match self {
            Self::English => "Copy link",
            Self::Chinese => "复制链接",
        }
    }

    /// The tray's menu: the connections, and the number of messages waiting for one.
    #[must_use]
    pub fn connected(self, connected: OverallConnection, unsent: u32) -> String {
        let state = match (self, connected) {
            (Self::English, OverallConnection::All) => "Connected".to_owned(),
            (Self::English, OverallConnection::Some { spaces, of }) => {
                format!("Connected to {spaces} of {of} spaces")
            }
            (Self::English, OverallConnection::Connecting) => "Connecting…".to_owned(),
            (Self::English, OverallConnection::Offline) => "Offline".to_owned(),
            (Self::English, OverallConnection::Stopped) => "Working offline".to_owned(),
            (Self::English, OverallConnection::Refused) => "Not connected".to_owned(),
            (Self::Chinese, OverallConnection::All) => "已连接".to_owned(),
            (Self::Chinese, OverallConnection::Some { spaces, of }) => {
                format!("已连接 {spaces}/{of} 个空间")
            }
            (Self::Chinese, OverallConnection::Connecting) => "正在连接…".to_owned(),
            (Self::Chinese, OverallConnection::Offline) => "离线".to_owned(),
            (Self::Chinese, OverallConnection::Stopped) => "离线使用".to_owned(),
            (Self::Chinese, OverallConnection::Refused) => "未连接".to_owned(),
        };
        match (self, unsent) {
            // A message written a moment ago is being sent.
            (_, _) if connected == OverallConnection::All => state,
            (_, 0) => state,
            (Self::English, n) => format!("{state} · {n} queued"),
            (Self::Chinese, n) => format!("{state} · {n} 条待发"),
        }
    }

    /// The tray's menu: the person's status.
    #[must_use]
    pub const fn status(self, status: Status) -> &'static str {
        match (self, status) {
            (Self::English, Status::Available) => "Available",
            (Self::English, Status::Away) => "Away",
            (Self::English, Status::Quiet) => "Do not disturb",
            (Self::Chinese, Status::Available) => "在线",
            (Self::Chinese, Status::Away) => "离开",
            (Self::Chinese, Status::Quiet) => "请勿打扰",
        }
    }

    /// The tray's menu: pause notifications for an hour.
    #[must_use]
    pub const fn pause(self) -> &'static str {
        match self {
            Self::English => "Pause notifications for 1 hour",
            Self::Chinese => "暂停通知 1 小时",
        }
    }

    /// The tray's menu: end the pause early.
    #[must_use]
    pub fn resume(self, until: &str) -> String {
        match self {
            Self::English => format!("Resume notifications (paused until {until})"),
            Self::Chinese => format!("恢复通知（已暂停至 {until}）"),
        }
    }

    /// The tray's menu: a room with its unread count.
    #[must_use]
    pub fn unread_room(self, room: &str, messages: u32) -> String {
        let room = isolated(room);
        match self {
            Self::English => format!("{room} ({messages})"),
            Self::Chinese => format!("{room}（{messages}）"),
        }
    }

    /// The tray's menu: open the settings.
    #[must_use]
    pub const fn settings(self) -> &'static str {
        match self {
            Self::English => "Settings…",
            Self::Chinese => "设置…",
        }
    }

    /// The tray's menu: quit.
    #[must_use]
    pub const fn quit(self) -> &'static str {
        match self {
            Self::English => "Quit",
            Self::Chinese => "退出",
        }
    }

    /// The tray's tooltip.
    #[must_use]
    pub fn unread(self, messages: u32) -> String {
        match (self, messages) {
            (Self::English, 0) => "Homing".to_owned(),
            (Self::English, 1) => "Homing: 1 unread message".to_owned(),
            (Self::English, n) => format!("Homing: {n} unread messages"),
            (Self::Chinese, 0) => "Homing".to_owned(),
            (Self::Chinese, n) => format!("Homing：{n} 条未读消息"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_language_is_followed_unless_one_is_chosen() {
        for (chosen, system, words) in [
            (Language::System, Some("zh_CN.UTF-8"), Words::Chinese),
            (Language::System, Some("de_DE"), Words::English),
            (Language::System, None, Words::English),
            (Language::English, Some("zh_CN"), Words::English),
            (Language::Chinese, None, Words::Chinese),
        ] {
            assert_eq!(Words::of(chosen, system), words, "{chosen:?} {system:?}");
        }
    }

    #[test]
    fn a_name_keeps_to_its_place_in_every_line() {
        let (dana, stands) = ("דנה", "\u{200E}\u{2068}דנה\u{2069}");
        for words in [Words::English, Words::Chinese] {
            for line in [
                words.in_room(dana, "#general"),
                words.in_room("Ana", dana),
                words.with_count(dana, "2"),
                words.in_space(dana, "Lab"),
                words.in_space("#general", dana),
                words.wrote(dana, "hi"),
                words.wrote("Ana", dana),
                words.write_to(dana),
                words.unread_room(dana, 2),
                words.people([dana, "Ana"]),
            ] {
                assert!(line.contains(stands), "{line:?}");
            }
            // Alone, it is a line of its own.
            assert_eq!(words.people([dana]), dana);
        }
    }

    /// Every line, with values in it.
    fn lines(words: Words) -> Vec<String> {
        let pairs = [words.test(), words.stays_in_tray(), words.no_tray(), words.stays_blank()];
        let fixed = [
            words.reply(),
            words.mark_read(),
            words.reply_not_sent(),
            words.only_you(),
            words.open(),
            words.open_link(),
            words.copy_link(),
            words.pause(),
            words.settings(),
            words.quit(),
        ];
        let statuses = [Status::Available, Status::Away, Status::Quiet];
        let mut lines: Vec<String> = fixed.map(str::to_owned).into();
        lines.extend(
            pairs.into_iter().flat_map(|(title, body)| [title.to_owned(), body.to_owned()]),
        );
        lines.extend(statuses.map(|status| words.status(status).to_owned()));
        lines.extend([1, 2].map(|n| words.new_messages(n)));
        lines.extend([0, 1, 2].map(|n| words.unread(n)));
        let some = OverallConnection::Some { spaces: 1, of: 3 };
        for connected in [
            OverallConnection::All,
            some,
            OverallConnection::Connecting,
            OverallConnection::Offline,
            OverallConnection::Stopped,
            OverallConnection::Refused,
        ] {
            lines.extend([0, 4].map(|unsent| words.connected(connected, unsent)));
        }
        lines.extend([words.missed(1, 1), words.missed(12, 3), words.resume("14:00")]);
        lines
    }

    #[test]
    fn every_line_has_the_form_of_its_language() {
        let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for line in lines(Words::English) {
            assert!(line.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()), "{line}");
            assert!(!line.contains("  ") && !line.contains(['\'', '!']), "{line}");
            assert!(!line.chars().any(han), "{line}");
        }
        for line in lines(Words::Chinese) {
            let stops = |c: char| matches!(c, ',' | '.' | ':' | ';' | '(' | '!' | '?');
            let chars: Vec<char> = line.chars().collect();
            let half_width = chars.windows(2).any(|two| han(two[0]) && stops(two[1]));
            assert!(!half_width && !line.contains("  ") && !line.contains('您'), "{line}");
        }
    }

    #[test]
    fn what_waits_is_told_while_something_is_not_connected() {
        for (connected, unsent, english, chinese) in [
            (OverallConnection::Offline, 4, "Offline · 4 queued", "离线 · 4 条待发"),
            (OverallConnection::Offline, 0, "Offline", "离线"),
            (OverallConnection::All, 1, "Connected", "已连接"),
        ] {
            assert_eq!(Words::English.connected(connected, unsent), english);
            assert_eq!(Words::Chinese.connected(connected, unsent), chinese);
        }
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(Words::English.missed(1, 1), "1 new message in 1 room");
        assert_eq!(Words::English.missed(12, 3), "12 new messages in 3 rooms");
        assert_eq!(Words::English.unread(1), "Homing: 1 unread message");
    }
}
