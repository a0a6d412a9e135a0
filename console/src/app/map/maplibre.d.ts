declare module "maplibre-gl/dist/maplibre-gl-csp.js" {
    export * from "maplibre-gl";
    export { default } from "maplibre-gl";
}
