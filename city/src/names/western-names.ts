const women =
  'Ada Agnes Alice Amy Angela Anita Bonnie Carmen Carol Cherry Cindy Connie Daisy Doris Elaine Emily Esther Eva Fiona Florence Gloria Grace Hazel Helen Iris Ivy Janet Joyce Karen Kitty Maggie Mandy Nancy Olivia Peggy Phoebe Queenie Rachel Rosa Sandy Selina Tiffany Vivian Wendy Winnie Yvonne';
const men =
  'Aaron Alan Albert Alex Andy Anson Ben Billy Calvin Charles Chris Daniel Danny Dennis Derek Eddie Edmond Eric Felix Francis Gary George Harry Henry Ivan Jacky Jason Jeffrey Joe Kelvin Ken Kevin Leo Louis Marco Matthew Michael Nelson Oscar Patrick Paul Peter Raymond Ricky Samuel Simon Terry Thomas Tony Victor Vincent Wilson';

export const westernNames: { readonly F: readonly string[]; readonly M: readonly string[] } = {
  F: women.split(' '),
  M: men.split(' '),
};

type Family = { surname: string; given: { F: readonly string[]; M: readonly string[] } };

/** Families that registered no Chinese name. */
export const otherFamilies: readonly Family[] = [
  { surname: 'Fernandes', given: { F: ['Maria', 'Teresa', 'Ana'], M: ['Paulo', 'Carlos', 'Jose'] } },
  { surname: 'Remedios', given: { F: ['Filomena', 'Clara', 'Beatriz'], M: ['Antonio', 'Miguel', 'Luis'] } },
  { surname: 'Gurung', given: { F: ['Anita', 'Sunita', 'Maya'], M: ['Bikash', 'Dipak', 'Suraj'] } },
  { surname: 'Rai', given: { F: ['Sarita', 'Asha', 'Kamala'], M: ['Prakash', 'Rajen', 'Nabin'] } },
  { surname: 'Singh', given: { F: ['Harpreet', 'Simran', 'Jasleen'], M: ['Gurpreet', 'Arjan', 'Manjit'] } },
  { surname: 'Khan', given: { F: ['Ayesha', 'Sana', 'Fatima'], M: ['Imran', 'Bilal', 'Usman'] } },
  { surname: 'Mehta', given: { F: ['Priya', 'Kavita', 'Nisha'], M: ['Rohan', 'Anil', 'Vikram'] } },
  { surname: 'Santos', given: { F: ['Rosalie', 'Jocelyn', 'Marites'], M: ['Ramon', 'Eduardo', 'Noel'] } },
  { surname: 'Reyes', given: { F: ['Liza', 'Cristina', 'Divina'], M: ['Rodel', 'Arnel', 'Jun'] } },
  { surname: 'Wijaya', given: { F: ['Siti', 'Dewi', 'Ratna'], M: ['Budi', 'Agus', 'Hendra'] } },
  { surname: 'Tanaka', given: { F: ['Yuki', 'Haruka', 'Emi'], M: ['Kenji', 'Takashi', 'Hiroshi'] } },
  { surname: 'Campbell', given: { F: ['Fiona', 'Isla', 'Morag'], M: ['Duncan', 'Angus', 'Ewan'] } },
];
