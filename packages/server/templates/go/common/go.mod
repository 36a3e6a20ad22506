module easyrest-plugin-{{name}}

go 1.19

require easyrest v0.1.0

replace easyrest => ./sdk/easyrest
