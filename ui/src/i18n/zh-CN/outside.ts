/** What comes from outside the window, and what goes there. */
export const outside = {
  outside: {
    not_copied: "复制失败，请重试。",
    no_files: "暂不支持发送文件",
    no_files_hint: "可以发送文字和链接。",
  },
};
