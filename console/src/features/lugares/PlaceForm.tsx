// A place that is written or changed: its point typed, pasted or clicked on the map, its zone drawn corner by corner.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { MapPin, Pentagon, Undo2 } from "lucide-react";
import { type FormEvent, lazy, Suspense, useState } from "react";
import { answer, api, idempotencyKey, ifMatch } from "~/api/client";
import { faultAt, faultItems, Refusal, refusalOf } from "~/api/problem";
import { parsePlace, type Point, showPlace } from "~/app/map/coordinates";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, Combo, Drawer, ErrorSummary, Note, say, TextArea, TextField } from "~/ui";
import { useDraft } from "~/ui/useDraft";
import { newPlace, type PlaceDraft, placeChanges, placeDraft } from "./place";
import { groupsQuery, type Poi } from "./queries";

const MapView = lazy(() => import("~/app/map/MapView"));

type Kept = { draft: PlaceDraft; start: PlaceDraft; version: number };
type Props = { poi?: Poi; onClose: () => void; onSaved: (poi: Poi) => void };

export function PlaceForm({ poi, onClose, onSaved }: Props) {
    const { t } = useLingui();
    const blank = poi ? placeDraft(poi) : newPlace();
    const [{ draft, start, version }, keep, forget] = useDraft<Kept>(`poi:${poi?.id ?? "nuevo"}`, { draft: blank, start: blank, version: poi?.version ?? 0 });
    const [once] = useState(idempotencyKey);
    const set = (change: Partial<PlaceDraft>) => keep({ draft: { ...draft, ...change }, start, version });
    const saving = useMutation({
        mutationFn: async (): Promise<Poi> => {
            const body = placeChanges(draft, start, poi) as never;
            if (!poi) return answer(api.POST("/v1/pois", { params: { header: once }, body }));
            return answer(api.PATCH("/v1/pois/{reference}", { params: { path: { reference: poi.id }, header: ifMatch(version) }, body }));
        },
        onSuccess: async (saved) => {
            forget();
            say(poi ? t`«${saved.name}» guardado` : t`«${saved.name}» creado`);
            await queries.invalidateQueries({ queryKey: ["pois"] });
            onSaved(saved);
        },
    });
    const submit = (event: FormEvent) => {
        event.preventDefault();
        saving.mutate();
    };
    const labels: Record<string, string> = { number: t`Número`, name: t`Nombre`, address: t`Dirección`, place: t`Coordenadas`, polygon: t`Zona`, parent: t`Dentro de`, phone1: t`Teléfono`, email: t`Correo`, notes: t`Notas` };
    const problem = saving.error && refusalOf(saving.error).problem;
    const changed = saving.error instanceof Refusal && saving.error.problem.code === "version_mismatch";
    return (
        <Drawer
            subject={poi?.id}
            title={poi ? poi.name : t`Nuevo lugar`}
            top={poi && <span className="id">{poi.number}</span>}
            onClose={onClose}
            foot={
                <>
                    <Button look="primary" type="submit" form="place-form" pending={saving.isPending}>
                        {poi ? <Trans>Guardar</Trans> : <Trans>Crear el lugar</Trans>}
                    </Button>
                    <Button
                        onPress={() => {
                            forget();
                            onClose();
                        }}
                    >
                        <Trans>Descartar</Trans>
                    </Button>
                </>
            }
        >
            {problem && !changed && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(saving.error, labels)} />}
            {changed && poi && (
                <Note kind="wait" alert>
                    <b>
                        <Trans>Otra persona cambió este lugar mientras usted escribía.</Trans>
                    </b>{" "}
                    <Trans>Al guardar de nuevo quedan sus cambios; los campos que usted no tocó quedan como están ahora.</Trans>{" "}
                    <Button
                        small
                        onPress={async () => {
                            const now = await answer(api.GET("/v1/pois/{reference}", { params: { path: { reference: poi.id } } }));
                            keep({ draft, start, version: now.version });
                            saving.reset();
                        }}
                    >
                        <Trans>Seguir</Trans>
                    </Button>
                </Note>
            )}
            <form id="place-form" className="form" onSubmit={submit} noValidate>
                <div className="form-pair">
                    <TextField label={labels.number!} name="number" value={draft.number} onChange={(number) => set({ number })} error={faultAt(saving.error, "number")} autoFocus={!poi} required />
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} error={faultAt(saving.error, "name")} required />
                </div>
                <TextField label={labels.address!} name="address" value={draft.street} onChange={(street) => set({ street })} optional error={faultAt(saving.error, "address")} />
                <div className="form-pair">
                    <TextField label={t`N.º de casa`} name="address.house_number" value={draft.house_number} onChange={(house_number) => set({ house_number })} optional />
                    <TextField label={t`Ciudad`} name="address.city" value={draft.city} onChange={(city) => set({ city })} optional />
                </div>
                <TextField label={labels.place!} name="place" value={draft.place} onChange={(place) => set({ place })} optional help={t`Latitud y longitud, como «4,6097, -74,0817»; se pueden pegar o marcar en el mapa.`} error={faultAt(saving.error, "place") ?? (draft.place && !parsePlace(draft.place) ? t`«${draft.place}» no son coordenadas. Escriba latitud y longitud, como «4.6097, -74.0817».` : undefined)} />
                <OnMap draft={draft} set={set} error={faultAt(saving.error, "polygon")} />
                <ParentField draft={draft} set={set} own={poi?.id} error={faultAt(saving.error, "parent")} />
                <Checkbox selected={draft.is_parent} onChange={(is_parent) => set({ is_parent })} help={t`Otras sedes pueden estar dentro de este lugar.`}>
                    <Trans>Tiene sedes</Trans>
                </Checkbox>
                <GroupsField draft={draft} set={set} />
                <div className="form-pair">
                    <TextField label={labels.phone1!} name="phone1" type="tel" value={draft.phone1} onChange={(phone1) => set({ phone1 })} optional error={faultAt(saving.error, "phone1")} />
                    <TextField label={labels.email!} name="email" type="email" value={draft.email} onChange={(email) => set({ email })} optional error={faultAt(saving.error, "email")} />
                </div>
                <TextArea label={labels.notes!} name="notes" value={draft.notes} onChange={(notes) => set({ notes })} optional error={faultAt(saving.error, "notes")} rows={2} />
            </form>
        </Drawer>
    );
}

/** The point by a click, the zone corner by corner; each corner can be typed and taken back as well. */
function OnMap({ draft, set, error }: { draft: PlaceDraft; set: (change: Partial<PlaceDraft>) => void; error?: string }) {
    const { t } = useLingui();
    const [drawing, setDrawing] = useState<"point" | "zone" | null>(null);
    const [typed, setTyped] = useState("");
    const point = parsePlace(draft.place);
    const corner = parsePlace(typed);
    const add = (at: Point) => {
        if (drawing === "point") {
            set({ place: showPlace(at) });
            setDrawing(null);
        } else if (drawing === "zone") set({ polygon: [...draft.polygon, { latitude: Number(at.latitude.toFixed(6)), longitude: Number(at.longitude.toFixed(6)) }] });
    };
    const corners = draft.polygon.map((each, place) => ({ ...each, id: `c${place}`, icon: MapPin, family: "working" as const, text: String(place + 1), name: t`Esquina ${place + 1}` }));
    return (
        <fieldset className="fld on-map">
            <legend className="lbl">
                <Trans>En el mapa</Trans>
            </legend>
            <div className="form-acts">
                <Button small icon={MapPin} onPress={() => setDrawing(drawing === "point" ? null : "point")}>
                    {drawing === "point" ? <Trans>Pulse el mapa…</Trans> : <Trans>Marcar el punto</Trans>}
                </Button>
                <Button small icon={Pentagon} onPress={() => setDrawing(drawing === "zone" ? null : "zone")}>
                    {drawing === "zone" ? <Trans>Terminar la zona</Trans> : <Trans>Dibujar la zona</Trans>}
                </Button>
                {draft.polygon.length > 0 && (
                    <Button small look="quiet" icon={Undo2} onPress={() => set({ polygon: draft.polygon.slice(0, -1) })}>
                        <Trans>Quitar la última esquina</Trans>
                    </Button>
                )}
            </div>
            {drawing === "zone" && (
                <div className="row">
                    <TextField label={t`Otra esquina`} value={typed} onChange={setTyped} placeholder="4.6097, -74.0817" />
                    <Button
                        small
                        reason={corner ? undefined : t`Escriba latitud y longitud.`}
                        onPress={() => {
                            if (!corner) return;
                            set({ polygon: [...draft.polygon, corner] });
                            setTyped("");
                        }}
                    >
                        <Trans>Añadir</Trans>
                    </Button>
                </div>
            )}
            <div className="on-map-ground">
                <Suspense fallback={<div className="map" />}>
                    <MapView label={t`Mapa del lugar`} pins={point ? [{ ...point, id: "point", icon: MapPin, family: "on-phone", text: t`punto`, name: t`El punto` }, ...corners] : corners} areas={draft.polygon.length > 1 ? [{ id: "zone", points: draft.polygon }] : []} current="point" onPlace={drawing ? add : undefined} />
                </Suspense>
            </div>
            {draft.polygon.length > 0 && draft.polygon.length < 3 && <Note kind="wait">{t`Una zona tiene al menos tres esquinas; faltan ${3 - draft.polygon.length}.`}</Note>}
            {error && <Note kind="refused">{error}</Note>}
        </fieldset>
    );
}

function ParentField({ draft, set, own, error }: { draft: PlaceDraft; set: (change: Partial<PlaceDraft>) => void; own?: string; error?: string }) {
    const { t } = useLingui();
    const [text, setText] = useState<string>();
    const known = useQuery({ queryKey: ["pois", "one", draft.parent], queryFn: ({ signal }) => answer(api.GET("/v1/pois/{reference}", { params: { path: { reference: draft.parent ?? "" } }, signal })), enabled: !!draft.parent });
    const shown = text ?? known.data?.name ?? "";
    const found = useQuery({ queryKey: ["pois", "find", shown], queryFn: ({ signal }) => answer(api.GET("/v1/pois", { params: { query: { q: shown || undefined, limit: 50 } }, signal })), placeholderData: (before) => before });
    const options = (found.data?.items ?? []).filter((poi) => poi.id !== own && poi.is_parent).map((poi) => ({ id: poi.id, label: poi.name, detail: poi.number }));
    return (
        <Combo
            label={t`Dentro de`}
            name="parent"
            optional
            options={options}
            value={draft.parent}
            input={shown}
            onInput={(typed) => {
                setText(typed);
                if (typed === "") set({ parent: null });
            }}
            onChange={(parent) => {
                const chosen = options.find((one) => one.id === parent);
                if (!chosen) return;
                setText(chosen.label);
                set({ parent });
            }}
            error={error}
        />
    );
}

/** Which groups see this place; none means everybody who sees places. */
function GroupsField({ draft, set }: { draft: PlaceDraft; set: (change: Partial<PlaceDraft>) => void }) {
    const groups = useQuery({ ...groupsQuery(), enabled: useMay("view_employees") });
    if (!groups.data?.length) return null;
    return (
        <fieldset className="fld">
            <legend className="lbl">
                <Trans>Grupos que lo ven en el teléfono</Trans>
            </legend>
            {groups.data
                .filter((group) => group.state !== "deleted")
                .map((group) => (
                    <Checkbox key={group.id} selected={draft.groups.includes(group.id)} onChange={(on) => set({ groups: on ? [...draft.groups, group.id] : draft.groups.filter((id) => id !== group.id) })}>
                        {group.name}
                    </Checkbox>
                ))}
        </fieldset>
    );
}
