"""Files about what is sold and said: products, rates, orders, order lines, interactions."""

from __future__ import annotations

from sources.kinds.references import CUSTOMER, ORDER, PRODUCT
from sources.kinds.shape import Field, Kind

PRODUCTS = Kind(
    "products",
    "products",
    (
        Field(
            "id",
            "key",
            "product id | id | product no | product code | sku | item no | 产品编号 | 产品id | 产品代码"
            " | 商品编号 | 商品编码 | 货号 | 编号",
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
        Field("id", "key", ORDER + "id | 编号", required=True),
        Field("customer", "customer", CUSTOMER, required=True),
        Field(
            "date",
            "day",
            "order date | date | day | ordered on | invoice date | created at | 下单日期 | 订单日期"
            " | 日期 | 下单时间 | 成交日期 | 购买日期",
            required=True,
        ),
        Field(
            "amount",
            "amount",
            "amount | order amount | total | order total | total amount | net amount | sum | value"
            " | revenue | 金额 | 订单金额 | 总金额 | 总额 | 实付金额 | 合计 | 成交金额",
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
        Field("order", "order", ORDER, required=True),
        Field("product", "product", PRODUCT, required=True),
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
        Field("customer", "customer", CUSTOMER, required=True),
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
