"""What invented customers say, and what came of it: texts of our own, put together so that no two read alike."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """A kind of trouble: how it is told, how it is filed, what is found out and done."""

    klass: str
    severity: str
    part: str
    symptom: str
    told: tuple
    demand: str
    cause: str
    liability: str
    key_point: str
    analysis: str
    plans: tuple  # (remedy, steps, cost, why nothing milder)
    damaged: bool = False


TROUBLES = [
    Trouble(
        "quality",
        "moderate",
        "门扇",
        "开裂",
        (
            "{room}的门从锁孔往下裂了一道缝，手指能摸到，装好才{months}个月。",
            "{room}门板中间裂开了，夜里听到“啪”一声，早上一看有条长缝。",
        ),
        "replace",
        "product_quality",
        "company",
        "面板拼缝开胶",
        "拼缝处胶线不连续，出厂时加压时间不够，气候一干就裂开。",
        (
            ("touch_up", "上门补胶加压，修补同色漆。", 160, ""),
            ("replacement", "按原尺寸重做一扇门板，到货后上门更换。", 680, "裂缝贯通，补漆补胶盖不住"),
        ),
        True,
    ),
    Trouble(
        "quality",
        "minor",
        "合页",
        "异响",
        ("{room}的门一开就吱呀响，半夜上厕所全家都醒。", "{room}门合页响得厉害，上了油也不管用。"),
        "repair",
        "product_quality",
        "company",
        "合页缺油磨损",
        "合页轴套磨损，润滑脂干掉，换一副同型号合页即可。",
        (("repair", "上门更换合页并调平。", 60, "不涉及漆面"),),
    ),
    Trouble(
        "quality",
        "moderate",
        "门套",
        "起泡",
        ("{room}门套下沿鼓起来了，用手按是空的，越来越大。", "{room}的门套底下起泡发胀，拖地水没碰到多少。"),
        "repair",
        "product_quality",
        "company",
        "门套受潮封边不严",
        "底部封边漏涂，潮气进入基材；同批次另有两户。",
        (
            ("touch_up", "上门铲除起泡，封边补漆。", 120, ""),
            ("part", "重发门套立板一支，上门更换。", 260, "基材已发胀"),
        ),
        True,
    ),
    Trouble(
        "installation",
        "moderate",
        "门扇",
        "下垂",
        ("{room}门关不上，门扇往下坠，下边刮地板。", "{room}的门要抬着才能关，师傅装的时候就说先用用看。"),
        "repair",
        "installation_damage",
        "company",
        "合页螺丝未锁紧",
        "上合页少打两颗螺丝，门扇下垂三毫米。",
        (("repair", "上门加固合页、调平门扇、修补地板划痕。", 90, "属安装调整"),),
    ),
    Trouble(
        "installation",
        "minor",
        "门套",
        "密封",
        ("{room}门套和墙之间缝很大，漏风，冬天冷。", "{room}门缝大，关上后下面透光，蚊子都进得来。"),
        "repair",
        "installation_damage",
        "company",
        "密封胶未打满",
        "门套两侧密封胶漏打一段，底部缝隙超出八毫米。",
        (("repair", "上门补打密封胶，加装门底密封条。", 50, "属安装调整"),),
    ),
    Trouble(
        "size_mismatch",
        "serious",
        "门扇",
        "尺寸不符",
        (
            "{room}的门装不上，门洞一米九八，送来的门两米零五，等了一个月白等。",
            "定的是左开，送来{room}的门是右开，师傅说装不了。",
        ),
        "replace",
        "human_error",
        "company",
        "下单尺寸抄错",
        "测量单是对的，录单时高度抄错一位。",
        (
            ("replacement", "加急重做，七天内送到并当天安装。", 720, "尺寸错误，只能重做"),
            ("cash", "重做期间补偿临时门帘和误工费 200 元。", 200, ""),
        ),
    ),
    Trouble(
        "missing_or_wrong_part",
        "minor",
        "锁体",
        "缺件",
        ("{room}门锁少了一个锁舌扣板，师傅走的时候说给补，一直没消息。", "{room}的门少一根门条，箱子里翻遍了也没有。"),
        "missing_part",
        "product_quality",
        "company",
        "装箱漏件",
        "装箱单有、实物缺，包装线漏放。",
        (("small_part", "当天补寄配件，附安装图。", 25, ""),),
    ),
    Trouble(
        "late_delivery",
        "moderate",
        "交期",
        "延误",
        (
            "说好二十天到货，现在快四十天了，家里等着入住，电话打了三次都说在催。",
            "{room}的门还没到，装修队天天问，再不来要算我误工。",
        ),
        "explanation",
        "version_change",
        "company",
        "改版导致排产延后",
        "该款面板停产换新版，未及时告知客户，排产顺延。",
        (("advice", "向客户致歉，每三天通报一次进度，到货当天安装。", 0, ""),),
    ),
    Trouble(
        "transport_damage",
        "moderate",
        "门扇",
        "磕碰",
        (
            "{room}的门送来就磕了个角，外包装也是破的，签收单上我写了。",
            "拆开一看{room}门面板凹进去一块，纸箱对应的地方也瘪了。",
        ),
        "replace",
        "transport_damage",
        "carrier",
        "运输途中磕角",
        "外箱同一位置破损，装车时未做护角。",
        (("touch_up", "上门修补磕角、补漆。", 130, ""), ("part", "重发面板，旧板带回。", 420, "凹陷深度超过两毫米")),
        True,
    ),
    Trouble(
        "service_attitude",
        "minor",
        "服务",
        "爽约",
        ("约好上午来修{room}的门，等到下午三点没人，也没电话。", "师傅来了看一眼{room}就走，说不归他管，态度很差。"),
        "apology",
        "service_dispute",
        "company",
        "改约未通知",
        "前一单超时，调度改派后没有通知客户。",
        (("advice", "主管致歉，当天改约并准时上门。", 0, ""),),
    ),
    Trouble(
        "after_sales_service",
        "moderate",
        "锁体",
        "返修",
        (
            "{room}门锁修过两次了，没过一星期又反锁不上，能不能一次修好？",
            "上次修{room}的门，师傅把漆刮花了一片，现在没人认账。",
        ),
        "repair",
        "service_dispute",
        "company",
        "锁体型号配错",
        "前两次更换的锁体与扣板不是同一型号，行程差两毫米。",
        (("repair", "上门换整套同型号锁具，赔修漆面。", 190, "不涉及面板"),),
    ),
    Trouble(
        "quality",
        "serious",
        "玻璃",
        "炸裂",
        ("{room}的玻璃推拉门半夜自己炸了，碎了一地，孩子差点踩到，你们怎么说？",),
        "compensation",
        "product_quality",
        "company",
        "钢化玻璃自爆",
        "断口有自爆点，非外力；同批次玻璃需排查。",
        (
            ("part", "当天安排上门清理并临时封挡，三天内更换玻璃。", 560, "玻璃已碎"),
            ("cash", "另补偿清理和误工 300 元。", 300, ""),
        ),
        True,
    ),
]
EXTRA = (
    "麻烦尽快给个说法。",
    "我在家等电话。",
    "白天上班，晚上六点后方便。",
    "已经拍了照片。",
    "物业也来看过了。",
    "当时是你们门店推荐这款的。",
    "邻居同款没这毛病。",
    "我加过你们微信，没人回。",
    "希望这周能解决。",
    "",
    "",
    "",
)
QUESTIONS = [
    ("门用什么擦不伤漆？", "用拧干的软布擦就可以，不要用酒精和钢丝球；油污用中性清洁剂稀释后擦。"),
    ("合页多久上一次油？", "一般半年上一次，滴一两滴缝纫机油，擦掉多余的就行。"),
    ("保修期怎么算？", "木门从验收当天起三年，锁具两年；服务卡上有到期日。"),
    ("智能锁没电了怎么开门？", "用充电宝接锁下方的接口临时供电，再用密码打开；以后低电提示时及时换四节电池。"),
    ("想加装门底密封条，多少钱？", "密封条 38 元一根，上门安装 50 元；也可以寄给您自己贴。"),
]
SUGGESTIONS = [
    ("建议安装师傅上门前一小时发短信，别让人干等。", "谢谢您的建议，已转调度，下月起上门前一小时短信提醒。"),
    ("说明书字太小，老人看不清。", "谢谢提醒，我们已请印刷改大字号，也给您寄一份放大版。"),
]
REPLIES = (
    "已接到，先向您致歉，今天内安排专人核实。",
    "收到，我们马上查，今天下班前给您回电。",
    "已记录，请您留好现场，先不要移动。",
)
AGREED = ("客户说可以，尽快就好。", "客户同意，要求周末上门。", "客户同意，请提前一小时打电话。")
DONE = ("师傅已上门处理，客户试用正常。", "配件已换好，现场清理干净。", "已按约定完成，客户签字。")
LESSONS = ("发货前加一道核对，可以避免。", "同类问题先看胶线和封边，再决定换不换。", "改约必须当场通知客户。")
