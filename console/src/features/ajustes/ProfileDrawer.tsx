// One profile: what it permits, ticked one by one; the administrator's cannot be narrowed, so that somebody can always help.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Sparkles, Trash2 } from "lucide-react";
import { useState } from "react";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { permissionGroups, permissionHelp } from "~/app/permissionGroups";
import { permissionLabel } from "~/app/permissions";
import { queries } from "~/app/queries";
import { type Permission, useWho } from "~/app/session";
import { codeOf } from "~/app/words";
import { refusalOf } from "~/api/problem";
import { Button, Checkbox, Confirm, Drawer, ErrorSummary, Note, Status, TextField, say } from "~/ui";
import { type Profile, type ProfileDraft, type User, changeProfile, makeProfile, oneProfile, removeProfile } from "./queries";

type Props = { profile?: Profile; users: User[]; fresh: Permission[]; onClose: () => void; onOpen: (id: string) => void };
type Draft = { code: string; name: string; state: "enabled" | "disabled"; permissions: Permission[] };

const draftOf = (profile?: Profile): Draft => ({ code: profile?.code ?? "", name: profile?.name ?? "", state: profile?.state ?? "enabled", permissions: [...(profile?.permissions ?? [])].sort() });

export function ProfileDrawer({ profile, users, fresh, onClose, onOpen }: Props) {
    const { t } = useLingui();
    const who = useWho();
    const [removing, setRemoving] = useState(false);
    const fixed = profile?.built_in ?? false;
    const own = users.some((user) => user.id === who.id);
    const editing = useEditing<Draft, Profile>({
        place: `profile:${profile?.id ?? "new"}`,
        object: profile,
        draftOf,
        versionOf: (object) => object.version,
        bodyOf: (draft) => ({ ...draft, code: draft.code.trim() || codeOf(draft.name) }),
        create: (body, once) => makeProfile(body as ProfileDraft, once),
        change: (changes, version) => changeProfile(profile?.id ?? "", changes, version),
        again: () => oneProfile(profile?.id ?? ""),
        saved: async (made) => {
            await queries.invalidateQueries({ queryKey: ["users"] });
            say(t`Perfil guardado`);
            if (!profile) onOpen(made.id);
        },
    });
    const removal = useMutation({
        mutationFn: () => removeProfile(profile?.id ?? "", profile?.version ?? 0),
        onSuccess: async () => {
            await queries.invalidateQueries({ queryKey: ["users"] });
            say(t`Perfil quitado`);
            onClose();
        },
        onSettled: () => setRemoving(false),
    });
    const { draft, set } = editing;
    const problem = removal.error ? refusalOf(removal.error).problem : undefined;
    const toggle = (permission: Permission, on: boolean) => set({ permissions: (on ? [...draft.permissions, permission] : draft.permissions.filter((each) => each !== permission)).sort() });
    const labels = { name: t`Nombre`, code: t`Código`, permissions: t`Permisos`, state: t`Acceso` };
    const refused = editing.errorAt("permissions");
    return (
        <Drawer
            title={profile?.name ?? t`Nuevo perfil`}
            subject={profile?.id ?? "new"}
            onClose={onClose}
            head={
                profile && (
                    <p>
                        {users.length === 0 ? (
                            t`Nadie tiene este perfil.`
                        ) : (
                            <>
                                {plural(users.length, { one: "Lo tiene # persona", other: "Lo tienen # personas" })}: {users.slice(0, 5).map((user) => user.name).join(", ")}
                                {users.length > 5 && "…"}
                            </>
                        )}
                    </p>
                )
            }
            foot={<EditActs form="profile" editing={editing} label={profile ? undefined : t`Crear el perfil`} onDiscard={profile && !editing.changed ? undefined : profile ? () => undefined : onClose} />}
        >
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            {fixed && (
                <Note>
                    <Trans>Este perfil viene con Campo, lo puede todo y no se puede reducir: así siempre hay quien dé permisos. Para dar menos, haga otro perfil.</Trans>
                </Note>
            )}
            {own && !fixed && (
                <Note kind="wait">
                    <Trans>Es su propio perfil: lo que quite aquí, dejará de poder hacerlo usted.</Trans>
                </Note>
            )}
            {fresh.length > 0 && !fixed && (
                <Note icon={Sparkles}>
                    <Trans>Lo marcado como nuevo no existía cuando se guardó este perfil. Revíselo y guarde.</Trans>
                </Note>
            )}
            <EditForm id="profile" editing={editing} labels={labels}>
                <TextField label={labels.name} name="name" value={draft.name} onChange={(name) => set({ name })} error={editing.errorAt("name")} autoFocus={!profile} />
                <TextField label={labels.code} name="code" value={draft.code} onChange={(code) => set({ code })} error={editing.errorAt("code")} optional={!profile} help={t`Con el que otros sistemas lo nombran.`} spellCheck="false" />
                {refused && <Note kind="refused">{refused}</Note>}
                {permissionGroups().map((group) => (
                    <fieldset key={group.id} className="permissions">
                        <legend>{group.label}</legend>
                        {group.permissions.map((permission) => (
                            <Checkbox key={permission} name="permissions" selected={fixed || draft.permissions.includes(permission)} disabled={fixed} onChange={(on) => toggle(permission, on)} help={permissionHelp(permission)}>
                                {permissionLabel(permission)}
                                {fresh.includes(permission) && (
                                    <>
                                        {" "}
                                        <Status family="working" icon={Sparkles} pill>
                                            <Trans>Nuevo</Trans>
                                        </Status>
                                    </>
                                )}
                            </Checkbox>
                        ))}
                    </fieldset>
                ))}
                <Checkbox name="state" selected={draft.state !== "disabled"} onChange={(on) => set({ state: on ? "enabled" : "disabled" })} disabled={fixed || own} help={t`Sin marcar, quienes lo tienen quedan fuera enseguida.`}>
                    <Trans>Sus usuarios pueden entrar</Trans>
                </Checkbox>
            </EditForm>
            {profile && !fixed && (
                <div className="form-acts">
                    <Button icon={Trash2} onPress={() => setRemoving(true)} reason={users.length > 0 ? t`Hay usuarios con este perfil; deles otro antes.` : undefined} showReason>
                        <Trans>Quitar el perfil…</Trans>
                    </Button>
                    <Link to="/ajustes/usuarios" className="link">
                        <Trans>Ver los usuarios</Trans>
                    </Link>
                </div>
            )}
            {removing && profile && (
                <Confirm title={t`¿Quitar el perfil «${profile.name}»?`} act={t`Quitar el perfil`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    <Trans>No se puede deshacer.</Trans>
                </Confirm>
            )}
        </Drawer>
    );
}
