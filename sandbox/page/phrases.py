"""The page's own words in English and Simplified Chinese; what the app says is the app's business."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.page.reader import Reader

CHINESE = {
    "(edited)": "（已编辑）",
    "(optional)": "（选填）",
    "1 reply": "1 条回复",
    "Acting as": "当前身份",
    "Acting as {}": "当前身份：{}",
    "App": "应用",
    "Apps": "应用",
    "Back": "返回",
    "Cancel": "取消",
    "Channels": "频道",
    "Channels and people": "频道与成员",
    "Choose": "请选择",
    "Close": "关闭",
    "Close the list of channels": "收起频道列表",
    "Close the thread": "关闭消息列",
    "Direct messages": "私信",
    "Download": "下载",
    "English": "英文",
    "First rows of {}": "{} 的前几行",
    "Home": "主页",
    "Message, or / for commands": "发消息，或输入 / 使用命令",
    "Message to {}": "发消息给 {}",
    "Messages": "消息",
    "More actions": "更多操作",
    "No match": "没有匹配项",
    "None yet": "暂无",
    "Not drawn here": "此处无法显示",
    "Nothing here yet.": "这里还没有消息。",
    "OK": "确定",
    "Only visible to you": "仅自己可见",
    "Please choose at most {}.": "最多可选 {} 项。",
    "Please complete this required field.": "请填写此必填项。",
    "Please enter a valid URL.": "请输入有效的网址。",
    "Please enter a valid email address.": "请输入有效的电子邮箱地址。",
    "Please enter a valid number.": "请输入有效的数字。",
    "Remove": "移除",
    "Replies": "回复",
    "Reply": "回复",
    "Reply in a thread": "在消息列中回复",
    "Reply …": "回复…",
    "Sandbox on this machine": "本机沙盒",
    "Searching …": "正在搜索…",
    "Send": "发送",
    "Shortcuts": "快捷方式",
    "Show all {} rows": "显示全部 {} 行",
    "Show earlier messages": "显示更早的消息",
    "Simplified Chinese": "简体中文",
    "Skip to the message box": "跳到消息输入框",
    "Suggestions": "建议",
    "Table": "表格",
    "That did not work: {}": "操作未成功：{}",
    "The app has not drawn its Home for you yet.": "应用还没有为你生成主页。",
    "The numbers as a table": "以表格查看数据",
    "The workspace does not answer. Trying again …": "工作区没有响应，正在重试…",
    "Thread": "消息列",
    "Type / to see what the app can do.": "输入 / 查看应用能做什么。",
    "Type to search": "输入以搜索",
    "What the app did wrong": "应用出错记录",
    "Workspace": "工作区",
    "external": "外部成员",
    "guest": "访客",
    "shared with another workspace": "与其他工作区共享",
    "{} replies": "{} 条回复",
    "{} unread": "{} 条未读",
}
"""English words, as the templates write them, to Chinese ones."""

IN_SCRIPTS = ("Cancel", "No match", "OK", "Please choose at most {}.", "Remove", "Searching …", "That did not work: {}")
"""What the page's scripts say by themselves."""


def speaker(reader: Reader) -> Callable[[str], str]:
    """Return the function that says words in the reader's language; what it does not know stays as it is."""
    return (lambda words: CHINESE.get(words, words)) if reader.chinese else (lambda words: words)
