// The map: a world outline that is built in, and streets where the operator named a source. Pins are buttons of the page,
// so that they are found by name and keyboard, and never colour alone; what lies close together becomes one with a count.
import { useLingui } from "@lingui/react/macro";
import { Maximize2, Minus, Plus } from "lucide-react";
import maplibre, { type Map as BaseMap } from "maplibre-gl/dist/maplibre-gl-csp.js";
import workerAddress from "maplibre-gl/dist/maplibre-gl-csp-worker.js?url";
import { useEffect, useMemo, useRef, useState } from "react";
import { type Family, IconButton, Note } from "~/ui";
import type { LucideIcon } from "lucide-react";
import { clustered, type Spot } from "./cluster";
import { boundsOf, mercator, type Point } from "./geometry";
import { drawStyle } from "./style";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";

maplibre.setWorkerUrl(workerAddress);

/** Half of the height of a pin, in pixels. */
const PIN_HALF = 12;
/** The pixels of the world at zoom 0, as MapLibre has it. */
const TILE = 512;

export type Pin = Point & { id: string; icon: LucideIcon; family: Family; text: string; name: string; person?: boolean };
export type Area = { id: string; points: Point[] };

export type MapViewProps = {
    label: string;
    pins: readonly Pin[];
    areas?: readonly Area[];
    current?: string;
    onOpen?: (id: string) => void;
    /** A click on the ground, while a place is being chosen. */
    onPlace?: (point: Point) => void;
};

export default function MapView({ label, pins, areas, current, onOpen, onPlace }: MapViewProps) {
    const { t } = useLingui();
    const box = useRef<HTMLDivElement>(null);
    const [map, setMap] = useState<BaseMap | null>(null);
    const [failed, setFailed] = useState(false);
    const [moved, setMoved] = useState(0);
    const [attribution, setAttribution] = useState("");
    const place = useRef(onPlace);
    place.current = onPlace;

    useEffect(() => {
        if (!box.current) return;
        let made: BaseMap;
        try {
            made = new maplibre.Map({ container: box.current, style: { version: 8, sources: {}, layers: [] }, center: [-74, 4.6], zoom: 3, attributionControl: false, fadeDuration: 0, dragRotate: false, pitchWithRotate: false, maxZoom: 19, keyboard: true });
        } catch {
            // Without WebGL there is no map; lists and coordinates still say where things are.
            setFailed(true);
            return;
        }
        made.touchZoomRotate.disableRotation();
        made.getCanvas().setAttribute("aria-label", label);
        const redraw = () => setMoved((count) => count + 1);
        made.on("move", redraw);
        made.on("resize", redraw);
        made.on("click", (event) => place.current?.({ latitude: event.lngLat.lat, longitude: event.lngLat.lng }));
        const draw = () => void drawStyle(made).then(setAttribution);
        draw();
        const theme = matchMedia("(prefers-color-scheme: dark)");
        theme.addEventListener("change", draw);
        const watch = new MutationObserver(draw);
        watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
        setMap(made);
        return () => {
            theme.removeEventListener("change", draw);
            watch.disconnect();
            made.remove();
            setMap(null);
        };
    }, [label]);

    const all = useMemo(() => boundsOf([...pins, ...(areas ?? []).flatMap((area) => area.points)]), [pins, areas]);
    const fit = () => {
        if (map && all) map.fitBounds(all, { padding: 36, maxZoom: 14, duration: 0 });
    };
    const fitted = useRef(false);
    useEffect(() => {
        if (!map || !all || fitted.current) return;
        fitted.current = true;
        fit();
    }, [map, all]);
    const chosen = pins.find((pin) => pin.id === current);
    useEffect(() => {
        if (!map || !chosen) return;
        // What is chosen opens a drawer, which takes room from the map.
        const frame = requestAnimationFrame(() => {
            map.resize();
            const { x, y } = map.project([chosen.longitude, chosen.latitude]);
            const { clientWidth, clientHeight } = map.getContainer();
            if (x < 40 || y < 24 || x > clientWidth - 40 || y > clientHeight - 24) map.jumpTo({ center: [chosen.longitude, chosen.latitude] });
        });
        return () => cancelAnimationFrame(frame);
    }, [map, chosen?.id]);

    const spots = useMemo((): Spot<Pin>[] => (map ? clustered(pins, screenOf(map), map.getContainer().clientWidth, map.getContainer().clientHeight, current) : []), [map, pins, moved, current]);
    // What the edge would cut cannot be read or pressed: it is seen once the map is moved.
    const high = map?.getContainer().clientHeight ?? 0;
    const whole = spots.filter((spot) => spot.items[0]?.id === current || (spot.y >= PIN_HALF && spot.y <= high - PIN_HALF));
    const outlines = useMemo(() => (map ? (areas ?? []).map((area) => ({ id: area.id, path: area.points.map((point) => map.project([point.longitude, point.latitude])).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") })) : []), [map, areas, moved]);
    if (failed) return <Note kind="quiet">{t`Este navegador no puede dibujar el mapa (le falta WebGL). Los lugares están en la lista, con sus coordenadas.`}</Note>;
    return (
        <div className={`map${onPlace ? " is-placing" : ""}`} role="group" aria-label={label}>
            <div ref={box} className="map-ground" />
            {outlines.length > 0 && (
                <svg className="map-areas" aria-hidden="true">
                    {outlines.map(({ id, path }) => (
                        <polygon key={id} points={path} className={id === current ? "is-current" : undefined} />
                    ))}
                </svg>
            )}
            <div className="map-pins">
                {whole.map((spot) => {
                    const [first] = spot.items;
                    if (!first) return null;
                    const one = spot.items.length === 1;
                    const Icon = first.icon;
                    const isChosen = first.id === current;
                    const name = one ? first.name : t`${spot.items.length} aquí: ${spot.items.slice(0, 5).map((pin) => pin.text).join(", ")}`;
                    return (
                        <button
                            key={first.id}
                            type="button"
                            className={`pin st-${first.family}${isChosen ? " is-selected" : ""}${first.person && one ? " person" : ""}`}
                            style={{ left: spot.x, top: spot.y }}
                            title={name}
                            onClick={() => {
                                if (one) onOpen?.(first.id);
                                else if (map) {
                                    const bounds = boundsOf(spot.items);
                                    if (bounds) map.fitBounds(bounds, { padding: 48, maxZoom: 17, duration: 0 });
                                }
                            }}
                        >
                            <Icon size={13} aria-hidden />
                            <span className="hidden-text">{name}</span>
                            {!(first.person && one) && <span aria-hidden>{one ? first.text : isChosen ? `${first.text} +${spot.items.length - 1}` : spot.items.length}</span>}
                        </button>
                    );
                })}
            </div>
            <div className="map-tools">
                <IconButton name={t`Acercar`} icon={Plus} small look="plain" onPress={() => map?.zoomIn({ duration: 0 })} />
                <IconButton name={t`Alejar`} icon={Minus} small look="plain" onPress={() => map?.zoomOut({ duration: 0 })} />
                <IconButton name={t`Ver todo`} icon={Maximize2} small look="plain" onPress={fit} />
            </div>
            {attribution && <span className="map-attr">{attribution}</span>}
        </div>
    );
}

/** The pixels of a point. The map is never turned or tilted, so that ten thousand points need no more than this. */
function screenOf(map: BaseMap): (point: Point) => { x: number; y: number } {
    const middle = map.getCenter();
    const at = map.project(middle);
    const from = mercator({ latitude: middle.lat, longitude: middle.lng });
    const scale = TILE * 2 ** map.getZoom();
    return (point) => {
        const { x, y } = mercator(point);
        return { x: at.x + (x - from.x) * scale, y: at.y + (y - from.y) * scale };
    };
}
