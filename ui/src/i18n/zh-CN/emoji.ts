/** Words of the emoji picker. */
import type { emoji as english } from "../en/emoji";

export const emoji: typeof english = {
  emoji: {
    label: "表情",
    open: "添加表情",
    search: "搜索表情",
    sections: "分类",
    section: {
      recent: "最近使用",
      custom: "自定义",
      smileys: "笑脸与情绪",
      people: "人物与身体",
      animals: "动物与自然",
      food: "食物与饮料",
      travel: "旅行与地点",
      activities: "活动",
      objects: "物品",
      symbols: "符号",
      flags: "旗帜",
    },
    found: "{n} 个匹配项",
    none: "没有匹配项",
    skin_tone: "默认肤色",
    tones_of: "{name}的肤色",
    with_tone: "{name}，{tone}",
    tone: {
      neutral: "无肤色",
      light: "较浅肤色",
      medium_light: "中等偏浅肤色",
      medium: "中等肤色",
      medium_dark: "中等偏深肤色",
      dark: "较深肤色",
    },
    tones_by_pointer: "长按选择肤色",
    tones_by_keyboard: "按 Alt+↓ 选择肤色",
  },
};
