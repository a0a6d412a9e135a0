// A place beside the list: what it is, what is done there, and the ways to change it or take it out of use.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListTodo, Pencil, Trash2 } from "lucide-react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { Button, Drawer, ErrorSummary, KeyValues, Note } from "~/ui";
import { PlaceForm } from "./PlaceForm";
import { addressOf } from "./place";
import { changePoi, employeesQuery, groupsQuery, onePoi, type Poi, poiQuery, poiTasksQuery, removePoi } from "./queries";

type Props = { id: string; editing: boolean; onClose: () => void; onEdit: (editing: boolean) => void; onSaved: (id: string) => void };

export function PlaceDrawer({ id, editing, onClose, onEdit, onSaved }: Props) {
    const { t } = useLingui();
    const isNew = id === "nuevo";
    const asked = useQuery({ ...poiQuery(id), enabled: !isNew });
    if (isNew) return <PlaceForm onClose={onClose} onSaved={(poi) => onSaved(poi.id)} />;
    if (asked.isError) {
        const { problem } = refusalOf(asked.error);
        return (
            <Drawer title={problem.title} subject={id} onClose={onClose}>
                <Note kind="refused">{problem.detail}</Note>
            </Drawer>
        );
    }
    if (!asked.data) return <Drawer title={t`Lugar`} onClose={onClose}>{null}</Drawer>;
    if (editing) return <PlaceForm poi={asked.data} onClose={() => onEdit(false)} onSaved={() => onEdit(false)} />;
    return <PlaceShown poi={asked.data} onClose={onClose} onEdit={() => onEdit(true)} />;
}

function PlaceShown({ poi, onClose, onEdit }: { poi: Poi; onClose: () => void; onEdit: () => void }) {
    const { t } = useLingui();
    const mayManage = useMay("manage_pois");
    const parent = useQuery({ ...poiQuery(poi.parent ?? ""), enabled: !!poi.parent });
    const removal = useRemoval<Poi>({
        remove: () => removePoi(poi.id, poi.version),
        one: () => onePoi(poi.id),
        restore: (gone) => changePoi(gone.id, { state: "enabled" }, gone.version),
        again: () => queries.invalidateQueries({ queryKey: ["pois"] }),
        saidGone: (gone) => t`«${gone.name}» queda fuera de uso`,
        saidBack: (gone) => t`«${gone.name}» vuelve a estar en uso`,
        onGone: onClose,
    });
    return (
        <Drawer
            subject={poi.id}
            title={poi.name}
            onClose={onClose}
            top={<span className="id">{poi.number}</span>}
            head={
                <>
                    {addressOf(poi) && <p dir="auto">{addressOf(poi)}</p>}
                    {poi.state === "deleted" && <Note kind="wait">{t`Está fuera de uso.`}</Note>}
                    {mayManage && (
                        <div className="dr-acts">
                            <Button small icon={Pencil} keyName="E" onPress={onEdit}>
                                <Trans>Editar</Trans>
                            </Button>
                            <Button small icon={Trash2} pending={removal.isPending} reason={poi.state === "deleted" ? t`Ya está fuera de uso.` : undefined} onPress={removal.remove}>
                                <Trans>Dejar fuera de uso</Trans>
                            </Button>
                        </div>
                    )}
                </>
            }
        >
            {removal.problem && <ErrorSummary key={removal.submittedAt} title={removal.problem.title} detail={removal.problem.detail} />}
            <KeyValues
                facts={[
                    [t`Dentro de`, poi.parent && (parent.data ? <Link to="/lugares" search={{ padre: poi.parent }} className="link">{parent.data.name}</Link> : "…")],
                    [t`Coordenadas`, poi.place && <span className="code">{`${poi.place.latitude.toFixed(5)}, ${poi.place.longitude.toFixed(5)}`}</span>],
                    [t`Zona`, (poi.polygon ?? []).length > 2 && t`polígono de ${poi.polygon?.length} puntos`],
                    [t`Teléfono`, [poi.phone1, poi.phone2].filter(Boolean).join(" · ")],
                    [t`Correo`, poi.email],
                    [t`Notas`, poi.notes],
                    ...Object.entries(poi.data ?? {}).map(([field, value]): [string, string] => [field, value]),
                ]}
            />
            <PlaceLinks poi={poi} />
            {poi.is_parent && (
                <Link to="/lugares" search={{ padre: poi.id }} className="link">
                    <Trans>Ver las sedes que están dentro</Trans>
                </Link>
            )}
            <PlaceTasks poi={poi} />
        </Drawer>
    );
}

/** Who sees this place on their phone. */
function PlaceLinks({ poi }: { poi: Poi }) {
    const { t } = useLingui();
    const may = useMay("view_employees");
    const people = useQuery({ ...employeesQuery(), enabled: may && (poi.links?.employees ?? []).length > 0 });
    const groups = useQuery({ ...groupsQuery(), enabled: may && (poi.links?.groups ?? []).length > 0 });
    const names = [
        ...(poi.links?.groups ?? []).map((link) => groups.data?.find((one) => one.id === link.group)?.name),
        ...(poi.links?.employees ?? []).map((link) => {
            const one = people.data?.find(({ id }) => id === link.employee);
            return one && [one.first_name, one.last_name].filter(Boolean).join(" ");
        }),
    ].filter(Boolean);
    return <KeyValues facts={[[t`Lo ven`, names.join(" · ")]]} />;
}

function PlaceTasks({ poi }: { poi: Poi }) {
    const format = useFormat();
    const may = useMay("view_tasks");
    const tasks = useQuery({ ...poiTasksQuery(poi.id), enabled: may });
    if (!may || !tasks.data?.length) return null;
    return (
        <section className="stack">
            <div className="dr-sec">
                <h3>
                    <Trans>Tareas aquí</Trans>
                </h3>
                <span className="dim">{tasks.data.length}</span>
            </div>
            <ul className="place-tasks">
                {tasks.data.map((task) => (
                    <li key={task.id}>
                        <ListTodo size={14} aria-hidden />
                        <Link to="/tablero" search={{ tarea: task.id }} className="cut link">
                            {task.task_number} · {task.description || task.links?.type?.name}
                        </Link>
                        <small>{format.moment(task.updated_at)}</small>
                    </li>
                ))}
            </ul>
        </section>
    );
}
