import type { Context, Hono } from "hono";
import type { PropertyDefinition, PropertyOption } from "./definitions.ts";
import { invalid } from "./errors.ts";
import { kindOf, type ObjectKind } from "./object-types.ts";
import { type Owner, PORTAL_CREATED } from "./portal.ts";
import { type Fields, isFields, readBody, readText } from "./requests.ts";
import type { HubSpotEnv, HubSpotStore } from "./store.ts";
import { DATED } from "./views.ts";

const BASES = ["/crm/v3/properties", `/crm/properties/${DATED}`] as const;
/** Which forms of a field go with which type of value. */
const FIELD_TYPES: Readonly<Record<PropertyDefinition["type"], readonly string[]>> = {
  string: ["text", "textarea", "html", "file", "phonenumber"],
  number: ["number", "calculation_equation"],
  bool: ["booleancheckbox", "calculation_equation"],
  date: ["date"],
  datetime: ["date"],
  enumeration: ["select", "radio", "checkbox", "booleancheckbox"],
  phone_number: ["phonenumber"],
};

export function propertyRoutes(app: Hono<HubSpotEnv>, store: HubSpotStore): void {
  for (const base of BASES) {
    app.get(`${base}/:type`, (c) => {
      const { type } = kindFor(c, store, "read");
      const isArchived = c.req.query("archived") === "true";
      return c.json({
        results: isArchived ? [] : store.properties.all(type).map((p) => propertyView(p, store.owners)),
      });
    });

    app.get(`${base}/:type/:name`, (c) => {
      const { type } = kindFor(c, store, "read");
      return c.json(propertyView(store.properties.need(type, c.req.param("name")), store.owners));
    });

    app.post(`${base}/:type`, async (c) => {
      const { type } = kindFor(c, store, "write");
      const definition = readDefinition(await readBody(c, "name", "label", "type", "fieldType", "groupName"));
      store.properties.add(type, definition);
      return c.json(propertyView(definition, store.owners), 201);
    });

    app.patch(`${base}/:type/:name`, async (c) => {
      const { type } = kindFor(c, store, "write");
      const definition = store.properties.need(type, c.req.param("name"));
      const { label, description, options } = await readBody(c);
      if (label !== undefined) definition.label = readText(label, "label");
      if (description !== undefined) definition.description = readText(description, "description");
      if (options !== undefined) definition.options = readOptions(options);
      return c.json(propertyView(definition, store.owners));
    });
  }
}

/** Definitions are read with the scope of the schema or of the records, and written with that of the schema alone. */
function kindFor(c: Context, store: HubSpotStore, access: "read" | "write"): ObjectKind {
  const kind = kindOf(c.req.param("type") ?? "");
  const schema = `crm.schemas.${kind.scope}.${access}`;
  if (access === "read") store.needScope(schema, `crm.objects.${kind.scope}.read`);
  else store.needScope(schema);
  return kind;
}

function readDefinition(body: Fields): PropertyDefinition {
  const type = String(body.type) as PropertyDefinition["type"];
  const fieldType = String(body.fieldType);
  if (!FIELD_TYPES[type]?.includes(fieldType)) {
    throw invalid(`Invalid fieldType ${fieldType} for property type ${String(body.type)}`);
  }
  if (!/^[a-z][a-z0-9_]{0,99}$/.test(String(body.name))) throw invalid(`Invalid property name: ${String(body.name)}`);
  return {
    name: String(body.name),
    label: String(body.label),
    description: readText(body.description ?? "", "description"),
    groupName: String(body.groupName),
    type,
    fieldType,
    options: readOptions(body.options ?? []),
    externalOptions: false,
    isReadOnly: false,
    hasUniqueValue: body.hasUniqueValue === true,
    isHubSpotDefined: false,
  };
}

function readOptions(value: unknown): PropertyOption[] {
  if (!Array.isArray(value) || !value.every(isFields)) throw invalid("Invalid input JSON: options must be a list");
  return value.map((option: Fields) => ({ value: String(option.value), label: String(option.label) }));
}

/** Owners are the options of the property that names one, although they are kept elsewhere. */
function propertyView(property: PropertyDefinition, owners: readonly Owner[]) {
  const { name, label, description, groupName, type, fieldType, externalOptions, isReadOnly } = property;
  const options =
    name === "hubspot_owner_id"
      ? owners.map(({ id, firstName, lastName }) => ({ value: id, label: `${firstName} ${lastName}` }))
      : property.options;
  return {
    updatedAt: PORTAL_CREATED,
    createdAt: PORTAL_CREATED,
    name,
    label,
    type,
    fieldType,
    description,
    groupName,
    options: options.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
    displayOrder: -1,
    calculated: isReadOnly,
    externalOptions,
    archived: false,
    hasUniqueValue: property.hasUniqueValue,
    hidden: false,
    hubspotDefined: property.isHubSpotDefined,
    modificationMetadata: {
      archivable: !property.isHubSpotDefined,
      readOnlyDefinition: property.isHubSpotDefined,
      readOnlyValue: isReadOnly,
    },
    formField: !isReadOnly,
    dataSensitivity: "non_sensitive",
  };
}
