import { describe, expect, it } from "vitest";
import { checkRoleReadsOnly, type Grant } from "../../../../mcp-servers/snowflake/role-check.ts";

const grant = (privilege: string, grantedOn: string, name: string): Grant => ({ privilege, grantedOn, name });
const reading = [
  grant("USAGE", "DATABASE", "SALES"),
  grant("USAGE", "WAREHOUSE", "WH"),
  grant("SELECT", "TABLE", "SALES.CRM.DEALS"),
  grant("MONITOR", "WAREHOUSE", "WH"),
];

async function check(grants: Record<string, Grant[]>, role = "READER") {
  const asked: string[] = [];
  const result = checkRoleReadsOnly(role, async (sql) => {
    asked.push(sql);
    return grants[sql] ?? [];
  });
  const error = await result.then(
    () => "",
    (thrown: Error) => thrown.message,
  );
  return { asked, error };
}

describe("the role", () => {
  it("passes where it reads only, the roles that it holds included", async () => {
    const { asked, error } = await check({
      "SHOW GRANTS TO ROLE READER": [
        ...reading,
        grant("USAGE", "ROLE", "Base role"),
        grant("USAGE", "DATABASE_ROLE", "SALES.VIEWER"),
      ],
      'SHOW GRANTS TO ROLE "Base role"': [...reading, grant("USAGE", "ROLE", "READER")],
    });
    expect(error).toBe("");
    expect(asked).toEqual([
      "SHOW GRANTS TO ROLE READER",
      'SHOW GRANTS TO ROLE "Base role"',
      "SHOW GRANTS TO DATABASE ROLE SALES.VIEWER",
    ]);
  });

  it.each([
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "OWNERSHIP",
    "CREATE TABLE",
    "CREATE SCHEMA",
    "MODIFY",
    "OPERATE",
    "ALL",
    "APPLY MASKING POLICY",
    "MANAGE GRANTS",
    "EXECUTE TASK",
    "WRITE",
    "SOMETHING NEW",
  ])("does not pass with %s", async (privilege) => {
    const { error } = await check({
      "SHOW GRANTS TO ROLE READER": [...reading, grant(privilege, "TABLE", "SALES.CRM.DEALS")],
    });
    expect(error).toContain(`READER has ${privilege} on table SALES.CRM.DEALS`);
    expect(error).toContain("README");
  });

  it("does not pass for what a role that it holds may do, or is", async () => {
    const inherited = await check({
      "SHOW GRANTS TO ROLE READER": [grant("USAGE", "ROLE", "LOADER")],
      "SHOW GRANTS TO ROLE LOADER": [grant("INSERT", "TABLE", "T")],
    });
    expect(inherited.error).toContain("LOADER has INSERT on table T");
    const admin = await check({ "SHOW GRANTS TO ROLE READER": [grant("USAGE", "ROLE", "SYSADMIN")] });
    expect(admin.error).toContain("SYSADMIN");
    expect((await check({}, "accountadmin")).asked).toEqual([]);
  });
});
