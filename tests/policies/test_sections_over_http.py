"""One section of a policy, read and set through the door."""

from pathlib import Path

from tests.spend.pages import owners_client, whoever_asks

from chimera.policies.policy import SECTIONS


async def test_each_section_is_shown_with_its_version(sqlite_url: str, tmp_path: Path) -> None:
    async with owners_client(sqlite_url, tmp_path) as (_, http):
        everything = (await http.get("/api/v1/policies")).json()
        for name in SECTIONS:
            shown = await http.get(f"/api/v1/policies/{name}")
            assert shown.status_code == 200, name
            assert shown.json()["policy"] == everything[name]
            assert (shown.json()["updated_at"], shown.json()["updated_by"]) == (None, None)
        assert (await http.get("/api/v1/policies/nonsense")).status_code == 404


async def test_a_version_changes_with_what_holds_and_comes_back_with_it(sqlite_url: str, tmp_path: Path) -> None:
    async with owners_client(sqlite_url, tmp_path) as (_, http):
        _, user = await whoever_asks(http)
        one = "/api/v1/policies/cache"
        before = (await http.get(one)).json()
        await http.put(one, json={"mode": "exact"})
        changed = (await http.get(one)).json()
        assert changed["policy"]["mode"] == "exact"
        assert changed["version"] != before["version"]
        assert changed["updated_at"] is not None
        assert changed["updated_by"] == str(user)
        made = (await http.post("/api/v1/keys", json={"name": "chat", "permissions": ["chat"]})).json()["key"]
        refused = await http.get(one, headers={"Authorization": f"Bearer {made}"})
        assert refused.json()["code"] == "permission_denied"
        await http.delete(one)
        assert (await http.get(one)).json() == before
