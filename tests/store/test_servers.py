"""The servers that the tests run against are real ones."""

from redis.asyncio import Redis

from tests.postgres import PostgresServer


async def test_postgres_has_vectors_and_indexes_them(postgres_server: PostgresServer, unmigrated_postgres: str) -> None:
    await postgres_server.execute(
        "CREATE EXTENSION vector",
        "CREATE TABLE points (id int, place vector(3))",
        "CREATE INDEX ON points USING hnsw (place vector_l2_ops)",
        "INSERT INTO points VALUES (1, '[1,0,0]'), (2, '[0,1,0]'), (3, '[0,0,1]')",
        database=unmigrated_postgres,
    )
    query = "SELECT id FROM points ORDER BY place <-> '[0,0.9,0.1]' LIMIT 1"
    assert await postgres_server.fetch(query, database=unmigrated_postgres) == [(2,)]


async def test_redis_keeps_values_and_tells_of_streams(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.set("chimera:test", "here", ex=5)
        assert await redis.get("chimera:test") == b"here"
        number = await redis.xadd("chimera:stream", {"seq": "1"})
        assert await redis.xread({"chimera:stream": "0"}) == [[b"chimera:stream", [(number, {b"seq": b"1"})]]]
