"""Old and new forms of kanji that occur in names: 髙橋 and 高橋 are one family name, written as one chose to.

Each entry begins with the form all are compared in; the choice of that form means nothing. Forms that Unicode's NFKC
already makes equal are not repeated. Kanji that are different names in use (吉 and 義, 太 and 大) are kept apart.
"""

from __future__ import annotations

FORMS = """
高髙 崎﨑嵜㟢碕 辺邊邉 斎齋齊斉亝 沢澤 浜濱濵 広廣 国國圀 桜櫻 島嶋嶌㠀 渡渉 恵惠 栄榮 徳德悳 真眞
滝瀧 竜龍 条條 浅淺 黒黑 豊豐 塩鹽 鉄鐵銕鐡 関關 郷鄕 静靜 清淸 青靑 内內 吉𠮷 土圡 冨富 児兒 寿壽
実實 宝寶寳 来來 柳栁桺 槙槇 檜桧 会會 伝傳 仏佛 体體 円圓 剣劍劔剱劎 励勵 労勞 勲勛勳 単單 厳嚴
参參 双雙 収收 叙敍 号號 営營 団團 図圖 圧壓 尭堯 壮壯 声聲 売賣 変變 奥奧 奨奬 学學 対對 専專
将將 尽盡 岳嶽 峰峯 峡峽 巌巖 巣巢 帯帶 庁廳 弁辨辯瓣 弥彌 当當 径徑 従從 応應 恒恆 悦悅 戦戰 戸戶
払拂 抜拔 択擇 拝拜 拠據 挙擧 捜搜 揺搖 摂攝 数數 旧舊 昼晝 晋晉 暁曉 曽曾 栃杤 検檢 楽樂 様樣
横橫 歓歡 歩步 歳歲 殻殼 毎每 気氣 沖冲 渋澁澀 温溫 湾灣 満滿 瀬瀨 灯燈 点點 為爲 焼燒 猪豬 猟獵
献獻 瑶瑤 画畫畵 畳疊 痩瘦 発發 県縣 禄祿 礼禮 禅禪 稲稻 穂穗 穣穰 窯窰 笹䇳 粋粹 糸絲 経經 絵繪
継繼 続續 総總 緑綠 縁緣 縄繩 繊纖 聡聰 芸藝 茎莖 荘莊 蔵藏 薗園 薬藥 蛍螢 蛮蠻 衛衞 覚覺 観觀
訳譯 読讀 諌諫 譲讓 証證 賛贊 軽輕 転轉 辞辭 逓遞 遥遙 釈釋 鋭銳 録錄 鎮鎭 閑閒 随隨 隠隱 雑雜
霊靈 頼賴 顔顏 顕顯 餅餠 駅驛 駆驅 験驗 髄髓 鴎鷗 鶏鷄雞 麦麥 麹麴 亀龜 桑桒 館舘 芦蘆 蝋蠟 万萬
両兩 乗乘 予豫 争爭 亘亙 仮假 価價 倹儉 凛凜 升昇 卯夘 即卽 寛寬 已巳 弐貳 彦彥 慎愼 昂昻 歴歷
淵渕渊 渓溪 澄澂 煙烟 狭狹 瓶甁 産產 研硏 祢禰 秋穐龝 船舩 藤籐 虎乕 角⻆ 誉譽 醤醬 野埜 釜釡 籠篭
竈竃 鯵鰺 壷壺 祷禱 涼凉 鋪舗 爾尓 冴冱
"""


def _new_forms(lines: str) -> dict[int, str]:
    """Each other form's code point to the form it is compared in."""
    return {ord(other): forms[0] for forms in lines.split() for other in forms[1:] if other != forms[0]}


#: Marks that choose between the drawings of one kanji; they say nothing about the name.
_SELECTORS: dict[int, str | None] = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])

#: For :meth:`str.translate`.
NEW_FORM = _SELECTORS | _new_forms(FORMS)
