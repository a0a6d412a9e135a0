// The company whom the tests and the pictures show: twelve technicians in Bogotá and a day's work, all by the API.
import { Api } from "./server";

export const FIRST_PASSWORD = "la primera de todas";
export const PASSWORD = "maíz-cielo-arcilla-7";

/** Who signs in: with which permissions. */
export const PEOPLE = {
    dispatcher: {
        login: "dispatch@andina.example",
        name: "Lucía Barrera",
        permissions: ["view_employees", "view_tasks", "manage_tasks", "view_pois", "manage_pois", "view_definitions", "view_entries", "view_timesheets", "view_messages", "send_messages"],
    },
    viewer: { login: "mira@andina.example", name: "Mateo Rincón", permissions: ["view_tasks"] },
    importer: {
        login: "noelia@andina.example",
        name: "Noelia Prada",
        permissions: ["run_imports", "manage_templates", "manage_exchange", "view_transfers", "view_tasks", "manage_tasks", "view_pois", "manage_pois", "view_employees", "view_definitions"],
    },
    preparer: { login: "tomas@andina.example", name: "Tomás Cely", permissions: ["run_imports"] },
    newcomer: { login: "nueva@andina.example", name: "Irene Suárez", permissions: ["view_tasks"] },
    stranger: { login: "otra@andina.example", name: "Sara Pinto", permissions: ["view_messages"] },
} as const;

const GROUPS = [
    ["BOG", "Bogotá"],
    ["SAB", "Sabana"],
] as const;

const TECHNICIANS = [
    ["1001", "Luz Marina", "Quiroga Peña", "BOG"],
    ["1002", "Edwin", "Mamani Quispe", "BOG"],
    ["1003", "Jhon Fredy", "Castañeda", "BOG"],
    ["1004", "Yenny Paola", "Rodríguez", "SAB"],
    ["1005", "Carlos Andrés", "Buitrago", "BOG"],
    ["1006", "Óscar", "Ñáñez Muelas", "SAB"],
    ["1007", "María del Pilar", "Huamán", "BOG"],
    ["1008", "Rosa Elvira", "Chuquihuanca Mamani", "SAB"],
    ["1009", "Diana Carolina", "Ospina", "BOG"],
    ["1010", "Nelson Iván", "Sarmiento", "SAB"],
    ["1011", "Brayan Stiven", "Moncada", "BOG"],
    ["1012", "Wilmer Alexánder", "Tovar", "SAB"],
] as const;

const TYPES = [
    ["PREV", "Preventivo"],
    ["CORR", "Correctivo"],
    ["INST", "Instalación"],
] as const;

const CUSTOMERS = [
    "Distribuidora de Alimentos y Bebidas El Porvenir de la Sabana S.A.S.",
    "Clínica Universitaria Nuestra Señora de la Candelaria",
    "Cooperativa Multiactiva de Caficultores del Tequendama Ltda.",
    "Hotel Boutique Casa del Virrey",
    "Edificio Mirador de Usaquén P.H.",
    "Supermercados La Canasta Feliz",
    "Laboratorio Clínico Santa Inés",
    "Panificadora San Isidro Labrador",
    "I.E.D. Gabriela Mistral – Sede B",
    "Ferretería Hermanos Chuquipiondo",
    "Conjunto Residencial Altos de la Pradera P.H. – Etapa III",
    "Transportes del Altiplano",
];

/** Local civil time in Bogotá, which has no summer time. */
export const civil = (day: string, hours: number) => ({
    local: `${day}T${String(Math.floor(hours)).padStart(2, "0")}:${String(Math.round((hours % 1) * 60)).padStart(2, "0")}`,
    zone: "America/Bogota",
});

export const today = (offset = 0) => new Intl.DateTimeFormat("en-CA", { timeZone: "America/Bogota" }).format(Date.now() + offset * 86_400_000);

export async function found(api: Api): Promise<void> {
    for (const [key, person] of Object.entries(PEOPLE)) {
        await api.send("POST", "/v1/profiles", { code: key, name: person.name, permissions: person.permissions });
        await api.send("POST", "/v1/users", { code: key, name: person.name, login: person.login, profile: `code:${key}`, language: "es", password: FIRST_PASSWORD });
        // Whoever was given a password must choose one of their own; the newcomer has not yet.
        if (key !== "newcomer") await (await Api.signedIn(api.url, person.login, FIRST_PASSWORD)).send("PUT", "/v1/session/password", { current: FIRST_PASSWORD, password: PASSWORD });
    }
    for (const [code, name] of GROUPS) await api.send("POST", "/v1/groups", { code, name });
    for (const [code, name] of TYPES) {
        await api.send("POST", "/v1/task-types", {
            code,
            name,
            planned_minutes: 60,
            data_labels: [
                { field: "data1", label: "Contrato", order: 1, visible: true },
                { field: "data2", label: "Nivel", order: 2, visible: true },
                { field: "data3", label: "Interno", order: 3, visible: false },
            ],
        });
    }
    await api.send("POST", "/v1/employee-profiles", { code: "TEC", name: "Técnico", break_kinds: [{ code: "ALM", name: "Almuerzo", planned_minutes: 45 }] });
    for (const [number, first_name, last_name, group] of TECHNICIANS) {
        await api.send("POST", "/v1/employees", { number, first_name, last_name, group: `code:${group}`, profile: "code:TEC", language: "es", establishment: "BOG-1" });
    }
    await api.send("POST", "/v1/forms", { code: "VISITA", name: "Informe de visita", fields: [{ id: "comment", label: "Comentario", kind: "text" }] });
    for (const [place, name] of CUSTOMERS.entries()) {
        await api.send("POST", "/v1/pois", { number: `C${100 + place}`, name, place: place === 7 ? null : { latitude: 4.6 + place * 0.021, longitude: -74.12 + (place % 5) * 0.027 }, address: { street: `Calle ${10 + place * 7} # ${place + 3}-${place * 2 + 11}`, city: "Bogotá" } });
    }
    await tasks(api);
}

async function tasks(api: Api): Promise<void> {
    const day = today();
    const made: Record<string, unknown>[] = [];
    for (let place = 0; place < 64; place += 1) {
        const customer = CUSTOMERS[place % CUSTOMERS.length];
        const technician = TECHNICIANS[Math.floor(place / 5) % TECHNICIANS.length];
        const slot = place % 5;
        const unassigned = place >= 57;
        const start = 7 + slot * 2.1 + (place % 3) * 0.25;
        made.push({
            task_number: 700100 + place,
            external_number: `OT-${4000 + place}`,
            type: `code:${TYPES[place % TYPES.length]?.[0]}`,
            poi: `number:C${100 + (place % CUSTOMERS.length)}`,
            customer_name: customer,
            description: place % 4 === 0 ? "Revisar el cuarto frío 2; entrar por la bodega norte." : "Visita programada",
            location: place === 60 ? { address: "Sin dirección exacta, preguntar en portería" } : { address: `Calle ${10 + place} # ${place}-${place + 11}, Bogotá`, latitude: 4.58 + (place % 12) * 0.022, longitude: -74.15 + (place % 7) * 0.021 },
            start: civil(day, start),
            due: civil(day, start + 1.5),
            duration_minutes: 90,
            priority: place % 11 === 0 ? "high" : "normal",
            data: { data1: `MTO-2026-${String(400 + place).padStart(4, "0")}`, data2: "Oro", data3: "solo oficina" },
            ...(unassigned ? {} : { assignments: [{ employee: `number:${technician?.[0]}` }] }),
        });
    }
    const answered = JSON.stringify(await api.send("POST", "/v1/tasks/batch", { tasks: made }));
    if (answered.includes('"outcome":"refused"')) throw new Error(answered);
    const states: [number, string][] = [
        [700100, "closed"],
        [700101, "in_progress"],
        [700105, "closed"],
        [700106, "en_route"],
        [700110, "in_progress"],
        [700115, "not_done"],
        [700120, "closed"],
    ];
    for (const [number, status] of states) await api.send("POST", `/v1/tasks/number:${number}/status`, { status, reason: status === "not_done" ? "La administración no autorizó el ingreso." : undefined });
}
