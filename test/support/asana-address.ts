/**
 * Preloaded (`node --import`) into a program that uses Asana's SDK and knows no setting for the address: the SDK's one client
 * that all of them share then asks ASANA_BASE_URL.
 */
import asana from "asana";

asana.ApiClient.instance.basePath = process.env.ASANA_BASE_URL ?? "";
