// Groups, one below the other.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CornerDownRight, FolderTree, Plus, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useActions } from "~/app/actions";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { employeesQuery, fullName, type Group, groupOptions, groupsQuery, groupTree, withBelow } from "~/app/people";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, type Column, Drawer, EmptyState, ErrorSummary, say, Select, Table, TextField } from "~/ui";
import "./equipo.css";

const route = getRouteApi("/equipo/grupos");
const NEW = "nuevo";
const TOP = "top";
type Row = ReturnType<typeof groupTree<Group>>[number];

export function Groups() {
    const { t } = useLingui();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const groups = useSuspenseQuery(groupsQuery()).data;
    const employees = useSuspenseQuery(employeesQuery()).data;
    const mayChange = useMay("manage_employees");
    const rows = useMemo(() => groupTree(groups), [groups]);
    const counts = useMemo(() => new Map(groups.map(({ id }) => [id, employees.filter((one) => one.group === id).length])), [groups, employees]);
    const go = (open?: string, replace = false) => void navigate({ search: { abierto: open }, replace });
    const close = () => {
        go();
        focusRow(abierto);
    };
    useActions(mayChange ? [{ id: "group-new", key: "N", label: t`Nuevo grupo`, run: () => go(NEW) }] : []);
    const columns: Column<Row>[] = [
        {
            id: "name",
            header: t`Grupo`,
            width: "minmax(180px,2fr)",
            text: ({ group }) => group.name,
            cell: ({ group, depth }) => (
                <span className="tree-name" style={{ "--depth": Math.max(0, depth - 1) } as React.CSSProperties}>
                    {depth > 0 && <CornerDownRight size={14} aria-hidden />}
                    <b className="cut" title={group.name} dir="auto">
                        {group.name}
                    </b>
                    {depth > 0 && <span className="hidden-text">{t`Nivel ${depth + 1}`}</span>}
                </span>
            ),
        },
        { id: "code", header: t`Código`, width: "minmax(72px,1fr)", from: 420, cell: ({ group }) => group.code, text: ({ group }) => group.code },
        { id: "members", header: t`Personas`, width: "88px", numeric: true, cell: ({ group }) => counts.get(group.id), text: ({ group }) => String(counts.get(group.id)) },
    ];
    const current = groups.find(({ id }) => id === abierto);
    const drawer = abierto === NEW && mayChange ? <GroupDrawer key={NEW} onClose={close} onSaved={(saved) => go(saved.id, true)} /> : current ? <GroupDrawer key={current.id} group={current} onClose={close} onSaved={() => {}} /> : undefined;
    return (
        <Page
            section={t`Equipo`}
            title={t`Grupos`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go(NEW)}>
                        <Trans>Nuevo grupo</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Grupos`}
                    columns={columns}
                    rows={rows}
                    rowKey={({ group }) => group.id}
                    rowLabel={({ group, depth }) => t`${group.name}, nivel ${depth + 1}`}
                    current={abierto}
                    onOpen={({ group }) => go(group.id)}
                    empty={
                        <EmptyState icon={FolderTree} title={t`Todavía no hay grupos`} acts={mayChange && <Button icon={Plus} onPress={() => go(NEW)}>{t`Nuevo grupo`}</Button>}>
                            <Trans>Los grupos ordenan a las personas, por sede o por zona, y unos quedan debajo de otros. Filtros, reglas y formularios valen por grupo.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </Page>
    );
}

type Draft = { code: string; name: string; parent: string };
const draftOf = (group?: Group): Draft => ({ code: group?.code ?? "", name: group?.name ?? "", parent: group?.parent ?? TOP });
const bodyOf = ({ code, name, parent }: Draft) => ({ code: code.trim(), name: name.trim(), ...(parent === TOP ? {} : { parent }) });

function GroupDrawer({ group, onClose, onSaved }: { group?: Group; onClose: () => void; onSaved: (group: Group) => void }) {
    const { t } = useLingui();
    const groups = useSuspenseQuery(groupsQuery()).data;
    const members = useSuspenseQuery(employeesQuery()).data.filter((one) => one.group === group?.id);
    const mayChange = useMay("manage_employees");
    const reference = group?.id ?? "";
    const editing = useEditing<Draft, Group>({
        place: `group:${group?.id ?? "new"}`,
        object: group,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        create: (body, once) => answer(api.POST("/v1/groups", { params: { header: once }, body: body as never })),
        change: (changes, version) => answer(api.PATCH("/v1/groups/{reference}", { params: { path: { reference }, header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => answer(api.GET("/v1/groups/{reference}", { params: { path: { reference } } })),
        saved: async (saved) => {
            say(t`Grupo ${saved.name} guardado`);
            await queries.invalidateQueries({ queryKey: ["groups"] });
            onSaved(saved);
        },
    });
    const removing = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/groups/{reference}", { params: { path: { reference }, header: { "If-Match": String(group?.version) } } })),
        onSuccess: async () => {
            say(t`Grupo ${group?.name} retirado`);
            onClose();
            await queries.invalidateQueries({ queryKey: ["groups"] });
        },
    });
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, parent: t`Debajo de` };
    const inside = group ? withBelow(groups, group.id) : new Set<string>();
    const { draft, set, errorAt } = editing;
    const refused = removing.error ? refusalOf(removing.error).problem : undefined;
    return (
        <Drawer subject={group?.id ?? "new"} title={group?.name ?? t`Nuevo grupo`} top={group && <span className="id">{group.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="group-form" editing={editing} label={group ? undefined : t`Crear el grupo`} onDiscard={onClose} />}>
            {refused && <ErrorSummary key={removing.submittedAt} title={refused.title} detail={refused.detail} />}
            {mayChange && (
                <EditForm id="group-form" editing={editing} labels={labels}>
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!group} />
                    <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} required error={errorAt("code")} help={t`Así lo nombran las hojas de cálculo y los otros sistemas.`} />
                    <Select label={labels.parent!} name="parent" options={[{ id: TOP, label: t`Ninguno: queda arriba` }, ...groupOptions(groups.filter(({ id }) => !inside.has(id)))]} value={draft.parent} onChange={(parent) => set({ parent })} error={errorAt("parent")} />
                </EditForm>
            )}
            {group && (
                <>
                    <div className="dr-sec">
                        <h3>{plural(members.length, { one: "# persona", other: "# personas" })}</h3>
                    </div>
                    <ul className="roster-list">
                        {members.slice(0, 50).map((one) => (
                            <li key={one.id}>
                                <Link to="/equipo/empleados" search={{ persona: one.id }} className="link">
                                    {fullName(one)}
                                </Link>
                            </li>
                        ))}
                    </ul>
                    {members.length > 50 && (
                        <Link to="/equipo/empleados" search={{ grupo: group.id }} className="link">
                            <Trans>Ver a todas</Trans>
                        </Link>
                    )}
                    {mayChange && (
                        <div className="form-acts">
                            <Button small look="quiet" icon={Trash2} pending={removing.isPending} onPress={() => removing.mutate()} reason={members.length > 0 || inside.size > 1 ? t`Todavía tiene personas o grupos debajo.` : undefined} showReason>
                                <Trans>Retirar el grupo</Trans>
                            </Button>
                        </div>
                    )}
                </>
            )}
        </Drawer>
    );
}
