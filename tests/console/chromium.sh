#!/bin/sh
# The browser of the console's stories: installed where this may be done, else said clearly.
if command -v chromium >/dev/null 2>&1 || [ -n "$CHROMIUM" ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "安装 Chromium 和中文字体，供工作台测试 … / installing Chromium and a Chinese font for the console's tests"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "没有 Chromium，也不能安装：工作台的浏览器测试将跳过 / no Chromium and no right to install it: the console's stories will be skipped" >&2
