"""What the word table that ships makes of complaints, in texts of our own."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from knowledge import words
from knowledge.codes import ComplaintClass, Demand
from knowledge.management.commands.load_knowledge import keyed
from knowledge.models import WordRule
from knowledge.words import WordTable, propose


@pytest.fixture(scope="module")
def table():
    return WordTable(list(keyed(WordRule, "words", "rule")))


CLASSES = [
    ("主卧木门面板开裂，装好不到八个月，要求换新门", "quality"),
    ("卫生间门套下沿起泡发黑，师傅说是受潮", "quality"),
    ("门扇下垂，关门的时候蹭地，声音很响", "quality"),
    ("办公桌抽屉卡住拉不动，路轨脱焊", "quality"),
    ("沙发坐垫塌陷，才用了两个月", "quality"),
    ("餐椅一条腿松动，坐上去摇晃", "quality"),
    ("衣柜打开一股刺鼻的味道，放了三个月还是难闻", "quality"),
    ("安装师傅把门套装歪了，缝隙能伸进手指", "installation"),
    ("装完没打扫，满地都是灰，墙面还碰破一块", "installation"),
    ("约好周六上门装，师傅一直没来，电话也不打一个", "installation"),
    ("门洞 2050，送来的门 2100，尺寸不对装不下", "size_mismatch"),
    ("量尺的人量错了，柜子做宽了三公分，放不进去", "size_mismatch"),
    ("少发了一根门线，合页也少了一套螺丝", "missing_or_wrong_part"),
    ("订的是白色，送来的是胡桃色，颜色不对", "missing_or_wrong_part"),
    ("左右开向反了，跟订单不一样", "missing_or_wrong_part"),
    ("说好十五天到货，等了一个月还没发货", "late_delivery"),
    ("催了三次货，每次都说快了，到现在没送到", "late_delivery"),
    ("送货的时候磕碰掉了门角，外包装也是破的", "transport_damage"),
    ("玻璃茶几收到就碎了，箱子破了一个大洞", "transport_damage"),
    ("客服不耐烦，说了两句就挂我电话", "service_attitude"),
    ("师傅态度很差，问一句顶一句，还骂人", "service_attitude"),
    ("报修半个月了没人管，打了五次电话都说等通知", "after_sales_service"),
    ("合页修了两次没修好，第三次约好又没来", "after_sales_service"),
    ("在保修期内还要收费，上门费太贵了", "after_sales_service"),
    ("导购当初说是实木的，现在说是复合的，虚假宣传", "sales"),
    ("刚买三天就降价五百，要求退差价", "sales"),
    ("交了定金说不做了，定金不退", "sales"),
    ("想问一下你们周末上班吗", "other"),
]


@pytest.mark.parametrize(("text", "class_code"), CLASSES)
def test_the_words_tell_the_class(table, text, class_code):
    assert table.propose(text).class_code == class_code


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("门开裂了，要求换新门", "replace"),
        ("桌子台面断裂，我要退货退款", "refund"),
        ("地板被师傅划了，你们要赔偿我误工费", "compensation"),
        ("少一把钥匙，请补寄一把", "missing_part"),
        ("师傅说话太难听，必须道歉", "apology"),
        ("锁体坏了，什么时候派人来修一下", "repair"),
        ("门扇开裂", "repair"),
        ("一直没发货", "explanation"),
        ("你们几点下班", "other"),
    ],
)
def test_the_demand_is_heard_or_the_usual_one_of_the_class(table, text, demand):
    assert table.propose(text).demand == demand


@pytest.mark.parametrize(
    "text",
    [
        "门装好了，没有异味，也没有划痕",
        "用了一年没开裂，没变形",
        "会不会开裂我不知道，只是问一下",
        "质量很好，不会掉漆，没什么色差",
        "怕以后生锈，想问保养",
        "没有少件",
    ],
)
def test_denied_words_do_not_count(table, text):
    proposal = table.propose(text)
    assert (proposal.class_code, proposal.reasons) == ("other", [])


@pytest.mark.parametrize("text", ["不是没有异味，是味道很大", "难道没有开裂吗，你们自己来看"])
def test_what_is_denied_twice_counts(table, text):
    assert table.propose(text).class_code == "quality"


def test_a_word_that_begins_with_its_own_negation_counts(table):
    assert table.propose("一直没发货").class_code == "late_delivery"
    assert table.propose("没有人管").class_code == "after_sales_service"


@pytest.mark.parametrize(
    ("text", "severity", "grave"),
    [
        ("玻璃门自爆，孩子的手被割伤流血", "serious", True),
        ("再不处理我就打 12315，还要找记者曝光", "serious", True),
        ("全屋甲醛超标，孩子闻了头晕", "serious", True),
        ("快递员一路骚扰电话提醒我收货，自己动手装好了", "minor", False),
        ("墙漆是除甲醛的，门没什么问题", "minor", False),
        ("耽误入住，婚期都要推迟", "serious", False),
        ("门板有一道划痕", "minor", False),
        ("门打不开了", "moderate", False),
    ],
)
def test_the_gravest_word_tells_the_severity(table, text, severity, grave):
    proposal = table.propose(text)
    assert (proposal.severity, proposal.grave) == (severity, grave)


def test_every_proposal_says_why(table):
    reasons = table.propose("主卧木门开裂，要求换新门").reasons
    assert [(reason.word, reason.class_code, reason.demand) for reason in reasons] == [
        ("开裂", "quality", ""),
        ("换新", "", "replace"),
    ]


@pytest.mark.parametrize("text", ["", " ", "𠮷🙂", "*" * 500, "门" * 100_000, "(((((((((", "没" * 3000, "\x00\ud800"])
def test_any_text_gets_an_answer_at_once(table, text):
    assert table.propose(text).class_code in ComplaintClass.values


def test_codes_proposed_are_codes_known(table):
    for rule, _words in table.rules:
        rule.full_clean(exclude=["origin", "changed_by"], validate_unique=False)
    assert set(words.USUAL_DEMAND) | {ComplaintClass.OTHER} == set(ComplaintClass)
    assert set(words.USUAL_DEMAND.values()) <= set(Demand)


@pytest.mark.django_db
def test_a_changed_rule_counts_at_once(django_assert_num_queries):
    assert propose("门板长蘑菇了").class_code == "other"
    rule = WordRule.objects.create(words="长蘑菇 长*蘑菇", class_code="quality", severity="serious")
    assert propose("门板长出蘑菇了").class_code == "quality"
    with django_assert_num_queries(1):
        propose("门板长出蘑菇了")
    rule.active = False
    rule.save()
    assert propose("门板长出蘑菇了").class_code == "other"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"words": "开裂"}, {"words": "裂", "class_code": "quality"}, {"words": "* **", "grave": True}]
)
def test_a_rule_that_says_nothing_or_matches_everything_is_refused(fields):
    with pytest.raises(ValidationError):
        WordRule(**fields).full_clean()


@pytest.mark.django_db
def test_loading_twice_adds_nothing_and_keeps_what_the_company_changed():
    call_command("load_knowledge", verbosity=0)
    before = WordRule.objects.count()
    rule = WordRule.objects.get(origin="quality-crack")
    rule.words = "裂开"
    rule.save()
    call_command("load_knowledge", verbosity=0)
    rule.refresh_from_db()
    assert (WordRule.objects.count(), rule.words) == (before, "裂开")
