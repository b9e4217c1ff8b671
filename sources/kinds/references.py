"""The headers of columns that name another record: a customer, an order, a product; the first ones have precedence."""

CUSTOMER = (
    "customer id | customer | customer no | customer number | customer code | client id | client"
    " | account id | account | customer name | company | company name | 客户编号 | 客户id"
    " | 客户代码 | 客户编码 | 客户 | 客户名称 | 公司 | 公司名称 | 客户名 | 客户号"
)
ORDER = (
    "order id | order | order no | order number | order key | invoice | invoice no | 订单号"
    " | 订单编号 | 订单id | 订单 | 单号 | 销售单号"
)
PRODUCT = (
    "product id | product | product no | product code | sku | item | article | product name"
    " | 产品编号 | 产品id | 产品代码 | 商品编号 | 商品编码 | 产品 | 商品 | 产品名称 | 商品名称"
    " | 货号"
)
