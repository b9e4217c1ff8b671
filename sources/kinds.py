"""What can be imported: each kind of file, its fields, and the headers under which people have them.

`aliases` are compared without case, blanks, punctuation and bracketed remarks; the first one has precedence where a file
has columns for several of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field of a kind: what it is called with --map, how its cells are read, and its headers."""

    name: str
    reads: str
    aliases: str
    required: bool = False  # the column must be there and no cell of it may be empty
    filled: bool = False  # the column may be missing, but no cell of it may be empty


@dataclass(frozen=True)
class Kind:
    """One kind of file; `table` is where its rows go, one of the fields in `either` must be there."""

    name: str
    table: str
    fields: tuple[Field, ...]
    words: str  # what a file of this kind is likely to be called
    either: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)


def _birthday() -> tuple[Field, Field]:
    return (
        Field(
            "birthday",
            "birthday",
            "birthday | date of birth | birth date | 生日 | 出生日期 | 农历生日 | lunar birthday",
        ),
        Field("birthday_calendar", "calendar", "birthday calendar | birthday type | 生日类型 | 生日历法 | 历法"),
    )


def _email() -> Field:
    return Field(
        "email",
        "email",
        "email | e-mail address | mail | email address | 邮箱 | 电子邮箱 | 电子邮件 | 邮件 | 邮箱地址 | 联系邮箱",
    )


def _phone() -> Field:
    return Field(
        "phone",
        "phone",
        "phone | phone number | mobile | mobile phone | telephone | tel | cell phone | contact phone | 联系电话 | 电话 | 手机"
        " | 手机号 | 手机号码 | 联系人手机 | 电话号码 | 联系方式",
    )


_CUSTOMER = (
    "customer id | customer | customer no | customer number | customer code | client id | client | account id | account"
    " | customer name | company | company name | 客户编号 | 客户id | 客户代码 | 客户编码 | 客户 | 客户名称 | 公司 | 公司名称 | 客户名 | 客户号"
)
_ORDER = "order id | order | order no | order number | order key | invoice | invoice no | 订单号 | 订单编号 | 订单id | 订单 | 单号 | 销售单号"
_PRODUCT = (
    "product id | product | product no | product code | sku | item | article | product name | 产品编号 | 产品id | 产品代码 | 商品编号"
    " | 商品编码 | 产品 | 商品 | 产品名称 | 商品名称 | 货号"
)

REPS = Kind(
    "reps",
    "reps",
    (
        Field("email", "rep_email", _email().aliases, required=True),
        Field(
            "name",
            "text",
            "name | full name | rep | rep name | 姓名 | 名字 | 销售 | 销售姓名 | 员工 | 员工姓名",
            required=True,
        ),
        Field("roles", "roles", "role | roles | 角色 | 岗位 | 职责"),
        Field("team", "text", "team | group | department | 团队 | 小组 | 部门"),
        Field(
            "manager",
            "rep",
            "manager | manager email | managers email | reports to | boss | 经理 | 经理邮箱 | 上级 | 上级邮箱 | 主管 | 主管邮箱 | 直属上级",
        ),
        Field("country", "country", "country | 国家"),
        Field("time_zone", "zone", "time zone | timezone | tz | 时区"),
        Field("language", "language", "language | locale | 语言"),
        Field("active", "yes", "active | 在职 | 启用"),
    ),
    "reps rep sales team staff people employees users 销售 员工 人员",
)

CUSTOMERS = Kind(
    "customers",
    "customers",
    (
        Field(
            "id",
            "key",
            "customer id | id | customer no | customer number | customer code | client id | account id | key | 客户编号 | 客户id"
            " | 客户代码 | 客户编码 | 编号 | 客户号",
        ),
        Field(
            "name",
            "name",
            "customer name | company name | name | company | customer | client name | client | account name | account | 客户名称"
            " | 公司名称 | 名称 | 公司 | 客户 | 客户名 | 单位名称 | 企业名称",
        ),
        Field("kind", "customer_kind", "kind | type | customer type | 客户类型 | 类型 | 客户性质"),
        Field(
            "parent",
            "customer",
            "parent | parent id | parent customer | parent account | parent name | group | holding | 母公司 | 上级客户 | 集团 | 集团客户"
            " | 父客户 | 上级公司",
        ),
        Field("industry", "text", "industry | sector | branch | 行业 | 所属行业"),
        Field("size", "text", "size | company size | employees | headcount | 规模 | 公司规模 | 企业规模 | 人数"),
        Field("region", "text", "region | area | state | province | territory | 区域 | 地区 | 大区 | 省份 | 省"),
        Field("city", "text", "city | town | ort | stadt | 城市 | 市 | 所在城市"),
        Field("country", "text", "country | land | nation | 国家 | 国家地区"),
        Field("source", "text", "source | source channel | lead source | 来源 | 客户来源 | 来源渠道 | 获客渠道"),
        Field(
            "owner",
            "rep",
            "owner | owner email | owners email | account owner | sales rep | sales rep email | rep | rep email | 负责人 | 负责人邮箱"
            " | 销售 | 销售邮箱 | 客户经理 | 客户经理邮箱 | 归属销售 | 跟进人",
        ),
        _email(),
        _phone(),
        *_birthday(),
        Field("language", "language", "language | locale | sprache | 语言"),
        Field("time_zone", "zone", "time zone | timezone | tz | 时区"),
        Field(
            "consent_email",
            "consent",
            "consent email | email consent | email opt in | email allowed | 邮件授权 | 邮箱授权 | 邮件同意 | 同意邮件",
        ),
        Field(
            "consent_sms",
            "consent",
            "consent sms | sms consent | sms opt in | sms allowed | text consent | 短信授权 | 短信同意 | 同意短信",
        ),
        Field("tags", "tags", "tags | tag | labels | label | 标签 | 客户标签"),
        Field("credit_limit", "money", "credit limit | credit | credit line | 信用额度 | 授信额度 | 信用限额"),
        Field(
            "contact_name",
            "text",
            "contact name | contact | contact person | ansprechpartner | 联系人 | 联系人姓名 | 主要联系人",
        ),
        Field(
            "contact_title",
            "text",
            "contact title | job title | title | position | 职务 | 职位 | 联系人职务 | 联系人职位",
        ),
    ),
    "customers customer clients accounts companies kunden 客户",
    either=("id", "name"),
)

CONTACTS = Kind(
    "contacts",
    "contacts",
    (
        Field("id", "key", "contact id | contact no | contact key | 联系人编号 | 联系人id | id | 编号"),
        Field("customer", "customer", _CUSTOMER, required=True),
        Field(
            "name",
            "name",
            "contact name | name | contact | full name | contact person | 联系人 | 联系人姓名 | 姓名 | 名字",
            required=True,
        ),
        Field("title", "text", "contact title | title | job title | position | 职务 | 职位 | 联系人职务 | 联系人职位"),
        _email(),
        _phone(),
        *_birthday(),
    ),
    "contacts contact 联系人",
)

PRODUCTS = Kind(
    "products",
    "products",
    (
        Field(
            "id",
            "key",
            "product id | id | product no | product code | sku | item no | 产品编号 | 产品id | 产品代码 | 商品编号 | 商品编码 | 货号 | 编号",
        ),
        Field(
            "name",
            "name",
            "product name | name | product | item name | item | 产品名称 | 商品名称 | 名称 | 产品 | 商品 | 品名",
        ),
        Field(
            "type",
            "text",
            "type | product type | category | category name | 类型 | 产品类型 | 类别 | 产品类别 | 品类 | 分类",
        ),
        Field("price", "money", "price | unit price | list price | 价格 | 单价 | 售价 | 标价"),
        Field("cost", "money", "cost | unit cost | cost price | purchase price | 成本 | 成本价 | 进价"),
        Field("brand", "text", "brand | make | 品牌"),
        Field("function", "text", "function | purpose | use | 功能 | 用途"),
        Field("audience", "text", "audience | target audience | target group | 受众 | 目标人群 | 适用人群"),
    ),
    "products product items articles catalog 产品 商品",
    either=("id", "name"),
)

RATES = Kind(
    "rates",
    "rates",
    (
        Field("currency", "currency", "currency | currency code | 币种 | 货币", required=True),
        Field("day", "day", "date | day | valid from | 日期 | 生效日期", required=True),
        Field("rate", "rate", "rate | exchange rate | fx rate | value | 汇率", required=True),
    ),
    "rates rate fx exchange 汇率",
)

ORDERS = Kind(
    "orders",
    "orders",
    (
        Field("id", "key", _ORDER + " | id | 编号", required=True),
        Field("customer", "customer", _CUSTOMER, required=True),
        Field(
            "date",
            "day",
            "order date | date | day | ordered on | invoice date | created at | 下单日期 | 订单日期 | 日期 | 下单时间 | 成交日期 | 购买日期",
            required=True,
        ),
        Field(
            "amount",
            "amount",
            "amount | order amount | total | order total | total amount | net amount | sum | value | revenue | 金额 | 订单金额 | 总金额"
            " | 总额 | 实付金额 | 合计 | 成交金额",
            filled=True,
        ),
        Field("currency", "currency", "currency | currency code | 币种 | 货币"),
        Field("channel", "text", "channel | order channel | sales channel | 渠道 | 销售渠道 | 下单渠道"),
        Field("status", "status", "status | order status | state | 状态 | 订单状态"),
    ),
    "orders order sales invoices 订单 销售",
)

ORDER_LINES = Kind(
    "order-lines",
    "order_lines",
    (
        Field("order", "order", _ORDER, required=True),
        Field("product", "product", _PRODUCT, required=True),
        Field("quantity", "quantity", "quantity | qty | count | pieces | units | 数量 | 件数", required=True),
        Field("unit_price", "money", "unit price | price | price each | 单价 | 价格 | 成交单价 | 售价", required=True),
        Field("discount", "share", "discount | rebate | discount rate | 折扣 | 折扣率"),
    ),
    "order-lines order_lines order_details orderlines order-details lines details items 明细 订单明细",
)

INTERACTIONS = Kind(
    "interactions",
    "interactions",
    (
        Field("id", "key", "interaction id | id | activity id | 互动编号 | 记录编号 | 编号"),
        Field("customer", "customer", _CUSTOMER, required=True),
        Field("contact", "text", "contact | contact name | contact person | 联系人 | 联系人姓名"),
        Field(
            "kind",
            "interaction_kind",
            "kind | type | interaction type | activity type | channel | 类型 | 互动类型 | 跟进方式 | 方式 | 互动方式",
            required=True,
        ),
        Field(
            "date",
            "moment",
            "date | at | when | time | datetime | 日期 | 时间 | 互动日期 | 互动时间 | 跟进时间 | 跟进日期",
            required=True,
        ),
        Field(
            "rep",
            "rep",
            "rep | rep email | reps email | by | sales rep | owner | 销售 | 销售邮箱 | 跟进人 | 负责人 | 记录人",
        ),
        Field(
            "text",
            "text",
            "text | note | notes | comment | description | summary | 内容 | 备注 | 记录 | 跟进内容 | 说明",
        ),
        Field("outcome", "text", "outcome | result | 结果 | 跟进结果"),
        Field("score", "score", "score | satisfaction | rating | 评分 | 满意度"),
        Field("closed", "moment", "closed | closed at | resolved | resolved at | 解决时间 | 关闭时间"),
    ),
    "interactions interaction activities calls visits notes 互动 跟进 互动记录",
)

# In the order in which they depend on each other.
KINDS = (REPS, CUSTOMERS, CONTACTS, PRODUCTS, RATES, ORDERS, ORDER_LINES, INTERACTIONS)


def kind_named(name: str) -> Kind | None:
    """The kind that an operator means with --kind."""
    return next((kind for kind in KINDS if kind.name == name.strip().lower().replace("_", "-")), None)
