// One user beside the list: name, log-in, profile, access; a new password is made by the server and shown once.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { useWho } from "~/app/session";
import { refusalOf } from "~/api/problem";
import { Button, Checkbox, Confirm, Drawer, ErrorSummary, Select, TextField, say } from "~/ui";
import { EmailStatus } from "./OwnEmail";
import { type Profile, type User, type UserDraft, changeUser, makeUser, newPassword, oneUser, removeUser } from "./queries";

type Props = { user?: User; profiles: Profile[]; onClose: () => void; onOpen: (id: string) => void; onSecret: (secret: { login: string; password: string }) => void };

const draftOf = (user?: User): UserDraft => ({ code: user?.code ?? "", name: user?.name ?? "", login: user?.login ?? "", profile: user?.profile ?? "", language: user?.language ?? "es", state: user?.state ?? "enabled", email: user?.email ?? "" });

export function UserDrawer({ user, profiles, onClose, onOpen, onSecret }: Props) {
    const { t } = useLingui();
    const own = useWho().id === user?.id;
    const [removing, setRemoving] = useState(false);
    const editing = useEditing<UserDraft, User & { password?: string | null }>({
        place: `user:${user?.id ?? "new"}`,
        object: user,
        draftOf,
        versionOf: (object) => object.version,
        // Whoever makes a user need not think of a code: the name to log in with is unique already.
        bodyOf: (draft) => ({ ...draft, code: draft.code.trim() || codeOf(draft.login), email: draft.email?.trim() || null }),
        create: (body, once) => makeUser(body as UserDraft, once),
        change: (changes, version) => changeUser(user?.id ?? "", changes, version),
        again: () => oneUser(user?.id ?? ""),
        saved: async (made) => {
            await queries.invalidateQueries({ queryKey: ["users"] });
            if (made.password) onSecret({ login: made.login, password: made.password });
            else say(t`Usuario guardado`);
            if (!user) onOpen(made.id);
        },
    });
    const giving = useMutation({
        mutationFn: () => newPassword(user?.id ?? ""),
        onSuccess: (made) => made.password && user && onSecret({ login: user.login, password: made.password }),
    });
    const removal = useMutation({
        mutationFn: () => removeUser(user?.id ?? "", user?.version ?? 0),
        onSuccess: async () => {
            await queries.invalidateQueries({ queryKey: ["users"] });
            say(t`Usuario quitado`);
            onClose();
        },
        onSettled: () => setRemoving(false),
    });
    const { draft, set } = editing;
    const failed = giving.error ?? removal.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const labels = { name: t`Nombre`, login: t`Usuario`, email: t`Correo`, profile: t`Perfil`, code: t`Código`, language: t`Idioma`, state: t`Acceso` };
    return (
        <Drawer title={user?.name ?? t`Nuevo usuario`} subject={user?.id ?? "new"} onClose={onClose} foot={<EditActs form="user" editing={editing} label={user ? undefined : t`Crear el usuario`} onDiscard={user && !editing.changed ? undefined : user ? () => undefined : onClose} />}>
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            <EditForm id="user" editing={editing} labels={labels}>
                <TextField label={labels.name} name="name" value={draft.name} onChange={(name) => set({ name })} error={editing.errorAt("name")} autoFocus={!user} />
                <TextField label={labels.login} name="login" value={draft.login} onChange={(login) => set({ login })} error={editing.errorAt("login")} help={t`Con él entra: su correo, por ejemplo.`} spellCheck="false" />
                <TextField label={labels.email} name="email" type="email" value={draft.email ?? ""} onChange={(email) => set({ email })} error={editing.errorAt("email")} optional help={t`Ahí llegan sus avisos, cuando confirme que es suyo.`} spellCheck="false" />
                {user?.email_state && user.email === draft.email && <EmailStatus state={user.email_state} />}
                <Select
                    label={labels.profile}
                    name="profile"
                    value={draft.profile || null}
                    onChange={(profile) => set({ profile })}
                    error={editing.errorAt("profile")}
                    options={profiles.map((profile) => ({ id: profile.id, label: profile.name, detail: profile.state === "disabled" ? t`Perfil sin acceso` : t`${profile.permissions?.length ?? 0} permisos` }))}
                />
                <Select
                    label={labels.language}
                    name="language"
                    value={draft.language ?? "es"}
                    onChange={(language) => set({ language: language as "es" | "en" })}
                    error={editing.errorAt("language")}
                    options={[
                        { id: "es", label: "Español" },
                        { id: "en", label: "English" },
                    ]}
                />
                <Checkbox name="state" selected={draft.state !== "disabled"} onChange={(on) => set({ state: on ? "enabled" : "disabled" })} disabled={own} help={own ? t`Nadie se quita el acceso a sí mismo.` : t`Sin acceso, sus sesiones terminan enseguida; lo que hizo queda.`}>
                    <Trans>Puede entrar</Trans>
                </Checkbox>
                <TextField label={labels.code} name="code" value={draft.code} onChange={(code) => set({ code })} error={editing.errorAt("code")} optional={!user} help={t`Con el que otros sistemas lo nombran.`} spellCheck="false" />
            </EditForm>
            {user && (
                <>
                    <div className="dr-sec">
                        <h3>
                            <Trans>Contraseña</Trans>
                        </h3>
                    </div>
                    <p className="dim">
                        <Trans>La hace Campo y se muestra una vez. Sus sesiones terminan, y al entrar elige una propia.</Trans>
                    </p>
                    <div className="form-acts">
                        <Button icon={KeyRound} onPress={() => giving.mutate()} pending={giving.isPending}>
                            <Trans>Dar una contraseña nueva</Trans>
                        </Button>
                        <Button icon={Trash2} onPress={() => setRemoving(true)} reason={own ? t`Nadie se quita a sí mismo.` : undefined}>
                            <Trans>Quitar el usuario…</Trans>
                        </Button>
                    </div>
                </>
            )}
            {removing && user && (
                <Confirm title={t`¿Quitar a ${user.name}?`} act={t`Quitar el usuario`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    <Trans>No podrá entrar más, y su nombre de usuario queda libre. Lo que hizo queda con su nombre. No se puede deshacer.</Trans>
                </Confirm>
            )}
        </Drawer>
    );
}

/** `lucia.b@andina.example` → `lucia.b`. */
const codeOf = (login: string) => login.trim().split("@")[0] ?? "";
