"""Libraries of facts about models, read from files that are installed with us: `gateway.knowledge.FactSource`.

Each module has `open_source()`. Vendors are named as genai-prices names them.
"""
