// One profile of employees, to read or to change.
import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronDown, ChevronUp, Plus, X } from "lucide-react";
import { answer, api } from "~/api/client";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { CAPTURED, kindLabel } from "~/app/kinds";
import type { EmployeeProfile } from "~/app/people";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, Drawer, IconButton, KeyValues, RadioGroup, say, TextField } from "~/ui";
import "./equipo.css";

type Break = { code: string; name: string; minutes: string; paid: boolean };
type Draft = { code: string; name: string; location: string; all: boolean; kinds: string[]; photos: string[]; breaks: Break[] };
const ACCOUNT = "account";
const PHOTO_KINDS = ["shift.start", "shift.end", "break.start", "break.end", "task.arrive", "task.start", "task.close", "task.not_done"];

const draftOf = (one?: EmployeeProfile): Draft => ({
    code: one?.code ?? "",
    name: one?.name ?? "",
    location: one?.location_mode ?? ACCOUNT,
    all: !one?.entry_kinds?.length,
    kinds: one?.entry_kinds ?? [],
    photos: one?.required_photos ?? [],
    breaks: (one?.break_kinds ?? []).map(({ code, name, planned_minutes, paid }) => ({ code, name, minutes: planned_minutes ? String(planned_minutes) : "", paid: paid ?? false })),
});

const minutesOf = (text: string) => (text.trim() === "" ? undefined : Number.isNaN(Number(text)) ? text : Number(text));

const bodyOf = ({ code, name, location, all, kinds, photos, breaks }: Draft) => ({
    code: code.trim(),
    name: name.trim(),
    ...(location === ACCOUNT ? {} : { location_mode: location }),
    entry_kinds: all ? [] : kinds,
    required_photos: photos,
    break_kinds: breaks.map(({ minutes, ...kind }) => ({ ...kind, ...(minutesOf(minutes) === undefined ? {} : { planned_minutes: minutesOf(minutes) }) })),
});

const toggled = (list: string[], id: string) => (list.includes(id) ? list.filter((each) => each !== id) : [...list, id]);

export function ProfileDrawer({ profile, onClose, onSaved }: { profile?: EmployeeProfile; onClose: () => void; onSaved: (saved: EmployeeProfile) => void }) {
    const { t } = useLingui();
    const mayChange = useMay("manage_employees");
    const reference = profile?.id ?? "";
    const editing = useEditing<Draft, EmployeeProfile>({
        place: `employee-profile:${profile?.id ?? "new"}`,
        object: profile,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        create: (body, once) => answer(api.POST("/v1/employee-profiles", { params: { header: once }, body: body as never })),
        change: (changes, version) => answer(api.PATCH("/v1/employee-profiles/{reference}", { params: { path: { reference }, header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => answer(api.GET("/v1/employee-profiles/{reference}", { params: { path: { reference } } })),
        saved: async (saved) => {
            say(t`Perfil ${saved.name} guardado`);
            await queries.invalidateQueries({ queryKey: ["employees", "profiles"] });
            onSaved(saved);
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, location_mode: t`Ubicación`, entry_kinds: t`Puede registrar`, required_photos: t`Necesita foto`, break_kinds: t`Pausas` };
    const places = [
        { id: ACCOUNT, label: t`Como la cuenta` },
        { id: "never", label: t`Nunca` },
        { id: "at_entries", label: t`Con cada marcación`, detail: t`Solo en el instante de lo que se registra.` },
        { id: "during_shift", label: t`Durante la jornada`, detail: t`También entre marcaciones, de la entrada a la salida; el teléfono lo muestra siempre.` },
    ];
    return (
        <Drawer subject={profile?.id ?? "new"} title={profile?.name ?? t`Nuevo perfil`} top={profile && <span className="id">{profile.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="profile-form" editing={editing} label={profile ? undefined : t`Crear el perfil`} onDiscard={onClose} />}>
            {mayChange ? (
                <EditForm id="profile-form" editing={editing} labels={labels}>
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!profile} />
                    <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} required error={errorAt("code")} />
                    <RadioGroup label={labels.location_mode!} name="location_mode" options={places} value={draft.location} onChange={(location) => set({ location })} error={errorAt("location_mode")} />
                    <fieldset>
                        <legend>{labels.entry_kinds}</legend>
                        <Checkbox selected={draft.all} onChange={(all) => set({ all, kinds: all ? [] : [...CAPTURED] })}>
                            <Trans>Todo</Trans>
                        </Checkbox>
                        {!draft.all && (
                            <div className="kinds">
                                {CAPTURED.map((kind) => (
                                    <Checkbox key={kind} selected={draft.kinds.includes(kind)} onChange={() => set({ kinds: toggled(draft.kinds, kind) })}>
                                        {kindLabel(kind)}
                                    </Checkbox>
                                ))}
                            </div>
                        )}
                        {errorAt("entry_kinds") && <span className="err">{errorAt("entry_kinds")}</span>}
                    </fieldset>
                    <fieldset>
                        <legend>{labels.required_photos}</legend>
                        <div className="kinds">
                            {PHOTO_KINDS.map((kind) => (
                                <Checkbox key={kind} selected={draft.photos.includes(kind)} onChange={() => set({ photos: toggled(draft.photos, kind) })}>
                                    {kindLabel(kind)}
                                </Checkbox>
                            ))}
                        </div>
                        {errorAt("required_photos") && <span className="err">{errorAt("required_photos")}</span>}
                    </fieldset>
                    <Breaks breaks={draft.breaks} onChange={(breaks) => set({ breaks })} errorAt={errorAt} />
                </EditForm>
            ) : (
                <KeyValues
                    facts={[
                        [labels.location_mode!, places.find(({ id }) => id === draft.location)?.label],
                        [labels.entry_kinds!, draft.all ? t`Todo` : draft.kinds.map(kindLabel).join(" · ")],
                        [labels.required_photos!, draft.photos.map(kindLabel).join(" · ")],
                        [labels.break_kinds!, draft.breaks.map(({ name }) => name).join(" · ")],
                    ]}
                />
            )}
        </Drawer>
    );
}

function Breaks({ breaks, onChange, errorAt }: { breaks: Break[]; onChange: (breaks: Break[]) => void; errorAt: (field: string) => string | undefined }) {
    const { t } = useLingui();
    const put = (place: number, change: Partial<Break>) => onChange(breaks.map((one, at) => (at === place ? { ...one, ...change } : one)));
    const move = (place: number, by: number) => {
        const next = [...breaks];
        const [one] = next.splice(place, 1);
        if (one) next.splice(place + by, 0, one);
        onChange(next);
    };
    return (
        <fieldset>
            <legend>
                <Trans>Pausas</Trans>
            </legend>
            <ol className="break-kinds">
                {breaks.map((one, place) => (
                    <li key={place}>
                        <div className="form-pair">
                            <TextField label={t`Nombre`} name={`break_kinds.${place}.name`} value={one.name} onChange={(name) => put(place, { name })} error={errorAt(`break_kinds.${place}.name`)} />
                            <TextField label={t`Código`} name={`break_kinds.${place}.code`} value={one.code} onChange={(code) => put(place, { code })} error={errorAt(`break_kinds.${place}.code`)} />
                        </div>
                        <div className="form-pair">
                            <TextField label={t`Minutos previstos`} name={`break_kinds.${place}.planned_minutes`} value={one.minutes} inputMode="numeric" optional onChange={(minutes) => put(place, { minutes })} error={errorAt(`break_kinds.${place}.planned_minutes`)} />
                            <Checkbox selected={one.paid} onChange={(paid) => put(place, { paid })}>
                                <Trans>Cuenta como tiempo trabajado</Trans>
                            </Checkbox>
                        </div>
                        <div className="row">
                            {place > 0 && <IconButton name={t`Subir ${one.name}`} icon={ChevronUp} small onPress={() => move(place, -1)} />}
                            {place < breaks.length - 1 && <IconButton name={t`Bajar ${one.name}`} icon={ChevronDown} small onPress={() => move(place, 1)} />}
                            <span className="grow" />
                            <Button small look="quiet" icon={X} onPress={() => onChange(breaks.filter((_, at) => at !== place))}>
                                <Trans>Quitar</Trans>
                            </Button>
                        </div>
                    </li>
                ))}
            </ol>
            <div>
                <Button small icon={Plus} onPress={() => onChange([...breaks, { code: "", name: "", minutes: "", paid: false }])}>
                    <Trans>Agregar una pausa</Trans>
                </Button>
            </div>
        </fieldset>
    );
}
